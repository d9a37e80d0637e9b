"""From an event to a receiver's answer: payloads, the deliveries they become, and the courier."""
