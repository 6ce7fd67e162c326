//! Companies and the people of them: administrators, roles, access rules, departments, staff, and who is calling.

mod api;
mod caller;
mod mini_app;
mod passwords;
mod rights;
mod rules;
mod sessions;
mod start;
pub mod store;
mod wrong_logins;

pub use api::api;
pub use caller::{Admin, Customer, Staff, StaffOrCustomer, UnstampedAdmin, authenticate};
pub use mini_app::mini_app_of;
pub use passwords::hash as hash_password;
pub use rights::Right;
pub use sessions::{Family, Session, Sessions};
pub use start::{create_super_admin, first_start, found};
pub use wrong_logins::WrongLogins;
