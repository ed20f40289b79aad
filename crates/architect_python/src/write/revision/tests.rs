//! Revisions for models in memory.
