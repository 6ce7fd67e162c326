//! Who manages a company: an administrator of the back office, or in Work WeChat a staff member of role 1 or 2. The
//! rules of roles, companies and staff are the same for both.

use std::net::IpAddr;

use super::{Admin, Staff};
use crate::{
    error::{Error, Result},
    ids::{AdminId, CompanyId, RoleId, StaffId},
    web::remote_caller,
};

/// An account that does things in the back office or to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doer {
    Admin(AdminId),
    Staff(StaffId),
}

/// Who did something and from where, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    pub who: Doer,
    pub address: IpAddr,
}

/// Somebody who may manage, once the endpoint has found that they may.
#[derive(Debug, Clone, Copy)]
pub struct Manager {
    pub by: Author,
    pub company: CompanyId,
    pub role: RoleId,
}

impl Manager {
    /// Only role 1 may go on.
    pub fn require_super(&self) -> Result<()> {
        if self.role == RoleId::SUPER { Ok(()) } else { Err(Error::forbidden()) }
    }

    /// The company that this person's doing is limited to; that of role 1 is not.
    pub fn only_company(&self) -> Option<CompanyId> {
        only_company(self.role, self.company)
    }
}

fn only_company(role: RoleId, company: CompanyId) -> Option<CompanyId> {
    if role == RoleId::SUPER { None } else { Some(company) }
}

impl From<&Admin> for Manager {
    fn from(admin: &Admin) -> Self {
        Self { by: admin.author(), company: admin.company, role: admin.role }
    }
}

impl Staff {
    /// Roles 1 and 2 manage; 403 for all others, who only read.
    pub fn manager(&self) -> Result<Manager> {
        if !matches!(self.role, RoleId::SUPER | RoleId::ADMIN) {
            return Err(Error::forbidden());
        }
        Ok(Manager {
            by: Author { who: Doer::Staff(self.id), address: remote_caller().0 },
            company: self.company,
            role: self.role,
        })
    }

    /// The company that this person's view is limited to; that of role 1 is not.
    pub fn only_company(&self) -> Option<CompanyId> {
        only_company(self.role, self.company)
    }
}
