//! What could be better in a book that can be built: looked for when the writer asks, never during a build.
