//! The demo data set: small, fixed, polite and complete.

use crate::{app::App, error::Result};

/// In demo mode fills an empty database; refuses to mix demo and real data.
pub async fn check_or_fill(_app: &App) -> Result<()> {
    Ok(())
}
