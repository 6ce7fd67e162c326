//! The back office's figures: kept by day as rows are written, so that a dashboard costs the same at any size.

mod api;
pub mod store;

pub use api::api;

/// What is counted by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Customers,
    FollowUps,
    /// Views of cards and articles.
    Views,
    /// Forwards of cards and articles.
    Forwards,
    Saves,
    /// Praise of cards and articles; taking it back is not counted.
    Praises,
    CardViews,
    CardForwards,
}

impl Figure {
    fn column(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::FollowUps => "follow_ups",
            Self::Views => "views",
            Self::Forwards => "forwards",
            Self::Saves => "saves",
            Self::Praises => "praises",
            Self::CardViews => "card_views",
            Self::CardForwards => "card_forwards",
        }
    }
}
