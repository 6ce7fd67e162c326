//! Companies and the people of them: administrators, roles, access rules, departments, staff, and who is calling.

mod accounts;
mod api;
mod caller;
mod gate;
mod companies;
mod departments;
mod login;
mod passwords;
mod rights;
mod roles;
mod rules;
mod sessions;
mod start;
pub mod store;
mod wrong_logins;

pub use api::api;
pub use caller::{Admin, Customer, Staff, StaffOrCustomer, UnstampedAdmin, authenticate};
pub use gate::{Frame, Gate, alive, without_ids};
pub use companies::Terms;
pub use rights::Right;
pub use sessions::{Family, Session, Sessions};
pub use start::{create_super_admin, first_start};
pub use wrong_logins::WrongLogins;
