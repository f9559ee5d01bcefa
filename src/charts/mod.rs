//! The charts room.
