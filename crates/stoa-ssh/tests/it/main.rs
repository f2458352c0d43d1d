//! A client against the server on a loopback socket.

mod bounds;
mod client;
mod commands;
mod lfs;
mod sign_in;
