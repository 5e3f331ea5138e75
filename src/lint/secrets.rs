//! Is a text a secret? Name class × value class; also the one place that knows how to mask. No value
//! ever leaves this module.
