//! Companies and the people of them: administrators, roles, access rules, departments, staff, and who is calling.

mod accounts;
mod api;
mod audit;
mod caller;
mod companies;
mod contacts_sync;
mod departments;
mod expiry;
mod gate;
mod invitations;
mod login;
mod manager;
mod needs;
mod passwords;
mod permissions;
pub mod pictures;
mod qr_codes;
mod rights;
mod roles;
mod rules;
mod sessions;
mod staff;
mod start;
pub mod store;
mod team;
mod waiting;
mod weixin_account;
mod work_login;
mod wrong_logins;

pub use api::api;
pub use caller::{
    Admin, Anyone, Customer, CustomerOrAdmin, Staff, StaffOrCustomer, UnstampedAdmin, UnstampedAdminOrCustomer,
    UnstampedCustomer, authenticate, goes_on,
};
pub use companies::Terms;
pub use expiry::end_expired_sockets;
pub use gate::{Frame, Gate, failed, without_ids};
pub use manager::{Author, Doer, Manager};
pub use needs::{NEEDS, Need, need_of};
pub use passwords::hash as hash_password;
pub use permissions::PermissionForm;
pub use qr_codes::{fill_gaps as fill_qr_code_gaps, make as make_qr_code, personal as personal_qr_code};
pub use rights::Right;
pub use sessions::{Family, Session, Sessions};
pub use start::{create_super_admin, first_start, found};
pub use weixin_account::{
    AccountKind, AppIds, Face, account_of, app_id_of, app_ids, authorised_account, companies_of, face_of, has_account,
    platform_of, reader_template, with_account, with_this,
};
pub use wrong_logins::WrongLogins;
