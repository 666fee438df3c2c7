"""What a certificate or policy of cargo insurance says, and what it must say to be accepted for a bill."""
