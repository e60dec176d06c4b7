//! Another program that sends what no sound one sends.
