"""DCSA's platform API, at DCSA's paths and in DCSA's words (EBL_ISS, EBL_SUR, EBL_END 3.0.3; 3.0.4's fields taken)."""
