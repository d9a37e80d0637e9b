"""What happened: exchanges, deliveries, hits of faults; kept within bounds, and waited for."""
