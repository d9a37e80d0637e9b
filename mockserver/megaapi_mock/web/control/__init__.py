"""The control API below /_mock/: routes by subject, all described in spec/control.yaml."""
