"""What a new release of the weights takes: training every predictor again, measuring it on reference values, and the report of both."""
