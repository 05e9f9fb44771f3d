//! The dataflow: routes, screens, joins and firings over timely, without a clock or any input and output.
