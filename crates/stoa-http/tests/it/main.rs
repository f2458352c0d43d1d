//! What every route has in common, tried on routes of our own.

mod edge;
mod repo;
mod routes;
mod socket;
