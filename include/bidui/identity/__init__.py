"""Who is who over time, as far as people decide it; what is certain the identity models see by themselves."""
