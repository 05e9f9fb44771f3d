//! Manifests are read and judged as a whole: the shared corpus, our own examples, and many at once.

mod corpus;
