//! Code: uploaded, reviewed, put online, taken back.
