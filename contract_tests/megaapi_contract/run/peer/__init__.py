"""A second instance of the owner's, which plays the customer on a host without a control API."""
