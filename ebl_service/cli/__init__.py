"""The command line `ebl`: signs with a party's own key here, talks to the API, prints for people or as JSON."""
