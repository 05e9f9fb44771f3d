//! The nouns of Tidegate and the ports between its parts; nothing here runs.
