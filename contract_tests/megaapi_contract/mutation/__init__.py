"""Would the suite have noticed? Faults put on the mock from outside, and which probe sees each."""
