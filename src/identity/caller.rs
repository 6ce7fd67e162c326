//! Who is calling: the signature's owner, as an administrator, a staff member or a customer.
//!
//! An endpoint takes one of these as its first argument. What it gets is checked, of one company, and passed down to
//! the SQL, so that a query without its scope does not come about.

use std::net::IpAddr;

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};

use super::{
    manager::{Author, Doer},
    needs::need_of,
    rights::Right,
    sessions::{Family, Session, Who},
};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{AdminId, CompanyId, CustomerId, RoleId, StaffId},
    time::Millis,
    web::{remote_caller, signature::Signature},
};

/// A signed-in administrator of the back office.
#[derive(Debug, Clone)]
pub struct Admin {
    pub id: AdminId,
    pub company: CompanyId,
    pub role: RoleId,
    /// Where the request came from.
    address: IpAddr,
    rights: Vec<String>,
}

/// The same, on the endpoints that a document signs without a timestamp.
#[derive(Debug, Clone)]
pub struct UnstampedAdmin(pub Admin);

/// A signed-in salesperson.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    pub id: StaffId,
    pub company: CompanyId,
    pub role: RoleId,
}

/// A signed-in WeChat visitor.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    pub id: CustomerId,
    pub company: CompanyId,
}

/// The same, on the endpoints that a document signs without a timestamp.
#[derive(Debug, Clone, Copy)]
pub struct UnstampedCustomer(pub Customer);

/// Whoever signed, on the paths that staff and customers share.
#[derive(Debug, Clone, Copy)]
pub enum StaffOrCustomer {
    Staff(Staff),
    Customer(Customer),
}

/// Whoever signed, on the path that customers share with the back office.
#[derive(Debug, Clone)]
pub enum CustomerOrAdmin {
    Customer(Customer),
    Admin(Admin),
}

/// An administrator, or a customer of a company, where both read the same and a document signs without a timestamp.
#[derive(Debug, Clone)]
pub enum UnstampedAdminOrCustomer {
    Admin(Admin),
    Customer(Customer),
}

/// Whoever signed, where every family may call.
#[derive(Debug, Clone)]
pub enum Anyone {
    Admin(Admin),
    Staff(Staff),
    Customer(Customer),
}

impl Admin {
    /// For the audit log.
    pub fn author(&self) -> Author {
        Author { who: Doer::Admin(self.id), address: self.address }
    }

    /// Only a super-administrator may go on.
    pub fn require_super(&self) -> Result<()> {
        if self.is_super() { Ok(()) } else { Err(Error::forbidden()) }
    }

    /// Only roles 1 and 2 may go on.
    pub fn require_office(&self) -> Result<()> {
        if matches!(self.role, RoleId::SUPER | RoleId::ADMIN) { Ok(()) } else { Err(Error::forbidden()) }
    }

    pub fn is_super(&self) -> bool {
        self.role == RoleId::SUPER
    }

    /// Roles 1 and 2 may everything within their reach, other roles what their rules say.
    pub fn require(&self, right: Right) -> Result<()> {
        let may = self.role == RoleId::SUPER
            || self.role == RoleId::ADMIN
            || self.rights.iter().any(|path| path == right.url_path());
        if may { Ok(()) } else { Err(Error::forbidden()) }
    }

    /// The company that this administrator's view is limited to; a super-administrator's is not.
    pub fn only_company(&self) -> Option<CompanyId> {
        if self.is_super() { None } else { Some(self.company) }
    }

    /// The company that a request is about: a super-administrator may name any, others only their own.
    pub fn company_named(&self, named: Option<i64>) -> Result<CompanyId> {
        match named.map(CompanyId) {
            None => Ok(self.company),
            Some(company) if company == self.company || self.is_super() => Ok(company),
            Some(_) => Err(Error::no_such("公司")),
        }
    }
}

/// Checks a signature against its owner's token; the session when it holds.
pub async fn authenticate(
    app: &App,
    family: Family,
    signature: &Signature,
    unstamped: bool,
) -> Result<std::sync::Arc<Session>> {
    let session = app.sessions.find(&app.db, family, signature.user_id).await?.ok_or(Error::Forged)?;
    let (now, tolerance) = (Millis::now(), app.settings.tolerance());
    let holds = session.tokens(now).any(|token| signature.check(token, now, tolerance, unstamped).is_ok());
    if !holds {
        return Err(Error::Forged);
    }
    if !session.enabled {
        return Err(Error::Disabled);
    }
    if session.is_expired(app.zone.day(now)) {
        return Err(Error::expired());
    }
    Ok(session)
}

/// The session of somebody who was let in by a signature before, if it goes on: the signature may be old by now.
pub async fn goes_on(app: &App, family: Family, signature: &Signature) -> Result<Option<std::sync::Arc<Session>>> {
    let found = app.sessions.find(&app.db, family, signature.user_id).await?;
    let now = Millis::now();
    Ok(found.filter(|session| {
        session.enabled
            && !session.is_expired(app.zone.day(now))
            && session.tokens(now).any(|token| signature.is_of(token))
    }))
}

async fn signed(request: &Request, family: Family, unstamped: bool) -> Result<std::sync::Arc<Session>> {
    let app = app_of(request)?;
    authenticate(app, family, &Signature::of(request)?, unstamped).await
}

/// The administrator who signed, once they have what the operation needs: before the form is looked at.
fn admin_of(request: &Request, session: &std::sync::Arc<Session>) -> Result<Admin> {
    let admin = session.admin()?;
    if let Some(need) = need_of(request.uri().path()) {
        need.check(&admin)?;
    }
    Ok(admin)
}

fn app_of(request: &Request) -> Result<&App> {
    request.data::<App>().ok_or_else(|| Error::internal("no App in the request"))
}

impl Session {
    pub fn admin(&self) -> Result<Admin> {
        match &self.who {
            Who::Admin { id, role, rights } => {
                let address = remote_caller().0;
                Ok(Admin { id: *id, company: self.company, role: *role, address, rights: rights.clone() })
            }
            _ => Err(Error::Forged),
        }
    }

    pub fn staff(&self) -> Result<Staff> {
        match self.who {
            Who::Staff { id, role } => Ok(Staff { id, company: self.company, role }),
            _ => Err(Error::Forged),
        }
    }

    pub fn customer(&self) -> Result<Customer> {
        match self.who {
            Who::Customer { id } => Ok(Customer { id, company: self.company }),
            _ => Err(Error::Forged),
        }
    }
}

/// The same number is another person in each family, so the token decides: the first of the families whose person of
/// that number it belongs to. Tokens are random, no two people share one.
async fn first_signed(request: &Request, families: &[Family], unstamped: bool) -> Result<std::sync::Arc<Session>> {
    let app = app_of(request)?;
    let signature = Signature::of(request)?;
    for family in families {
        match authenticate(app, *family, &signature, unstamped).await {
            Err(Error::Forged) => {}
            other => return other,
        }
    }
    Err(Error::Forged)
}

/// Customers send `u_id` and are tried first then, though a staff member may well send it along.
async fn staff_or_customer(request: &Request) -> Result<StaffOrCustomer> {
    let names_staff = crate::web::query_pairs(request).iter().any(|(key, _)| key == "u_id");
    let order = if names_staff { [Family::Customer, Family::Staff] } else { [Family::Staff, Family::Customer] };
    let session = first_signed(request, &order, false).await?;
    Ok(match session.who {
        Who::Staff { .. } => StaffOrCustomer::Staff(session.staff()?),
        _ => StaffOrCustomer::Customer(session.customer()?),
    })
}

async fn customer_or_admin(request: &Request) -> Result<CustomerOrAdmin> {
    let session = first_signed(request, &[Family::Customer, Family::Admin], false).await?;
    Ok(match session.who {
        Who::Admin { .. } => CustomerOrAdmin::Admin(admin_of(request, &session)?),
        _ => CustomerOrAdmin::Customer(session.customer()?),
    })
}

async fn unstamped_admin_or_customer(request: &Request) -> Result<UnstampedAdminOrCustomer> {
    let session = first_signed(request, &[Family::Admin, Family::Customer], true).await?;
    Ok(match session.who {
        Who::Admin { .. } => UnstampedAdminOrCustomer::Admin(admin_of(request, &session)?),
        _ => UnstampedAdminOrCustomer::Customer(session.customer()?),
    })
}

async fn anyone(request: &Request) -> Result<Anyone> {
    let session = first_signed(request, &[Family::Admin, Family::Staff, Family::Customer], false).await?;
    Ok(match session.who {
        Who::Admin { .. } => Anyone::Admin(admin_of(request, &session)?),
        Who::Staff { .. } => Anyone::Staff(session.staff()?),
        Who::Customer { .. } => Anyone::Customer(session.customer()?),
    })
}

const PARAMETERS: [(&str, &str); 3] = [
    ("user_id", "签名者的 ID：/admin 为管理员，/qiyeweixin 为雷达用户，/xiaochengxu 与 /gongzhonghao 为客户"),
    ("timestamp", "毫秒时间戳"),
    ("rand_str", "md5(timestamp + token)，小写十六进制"),
];

macro_rules! signed_callers {
    ($($caller:ty => |$request:ident| $extract:expr),* $(,)?) => {$(
        impl<'a> ApiExtractor<'a> for $caller {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                for (name, description) in PARAMETERS {
                    registry.create_security_scheme(name, MetaSecurityScheme {
                        ty: "apiKey",
                        description: Some(description),
                        name: Some(name),
                        key_in: Some("query"),
                        scheme: None,
                        bearer_format: None,
                        flows: None,
                        openid_connect_url: None,
                    });
                }
            }

            fn security_schemes() -> Vec<&'static str> {
                PARAMETERS.iter().map(|(name, _)| *name).collect()
            }

            async fn from_request(
                $request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok($extract)
            }
        }
    )*};
}

signed_callers! {
    Admin => |request| admin_of(request, &signed(request, Family::Admin, false).await?)?,
    UnstampedAdmin => |request| Self(admin_of(request, &signed(request, Family::Admin, true).await?)?),
    Staff => |request| signed(request, Family::Staff, false).await?.staff()?,
    Customer => |request| signed(request, Family::Customer, false).await?.customer()?,
    UnstampedCustomer => |request| Self(signed(request, Family::Customer, true).await?.customer()?),
    StaffOrCustomer => |request| staff_or_customer(request).await?,
    CustomerOrAdmin => |request| customer_or_admin(request).await?,
    UnstampedAdminOrCustomer => |request| unstamped_admin_or_customer(request).await?,
    Anyone => |request| anyone(request).await?,
}
