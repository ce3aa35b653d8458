//! The office's page, driven over plain HTTP as by its own script: files, corrections, versions, undoing, restarts, attacks.

mod again;
mod attacks;
mod backup;
mod browser;
mod client;
mod commands;
mod described;
mod faults;
mod flow;
mod lastyear;
mod load;
mod office;
mod typed;
