//! Design documents and PRDs, read into a [`Design`] and written from it.
//!
//! [`read`] takes documents as people write them and never fails on prose it does not need: what it infers is an
//! assumption, what is missing a question, and only what makes a document unusable is a [`Problem`].

mod actions;
mod announced;
mod blocks;
mod bounds;
mod checks;
mod classes;
mod constraints;
mod context;
mod document;
mod endpoints;
mod entities;
mod enumerations;
mod fences;
mod fields;
mod forms;
mod gather;
mod hints;
mod infer;
mod items;
mod language;
mod lexicon;
mod listed;
mod literals;
mod loose;
mod markdown;
mod members;
mod merge;
mod names;
mod notes;
mod openers;
mod outlines;
mod ownership;
mod plurals;
mod priorities;
mod prose;
mod ranks;
mod raw;
mod references;
mod relate;
mod relations;
mod remarks;
mod requirements;
mod resolve;
mod routes;
mod rules;
mod sections;
mod sentences;
mod stated;
mod tables;
mod topics;
mod types;
mod typewords;
mod unfenced;
mod untyped;
mod words;
mod write;

pub use document::{MAX_BYTES, read};
pub use write::{words, write};
