//! Who signs somebody up on the path that customers and the back office share.

use poem::{Request, RequestBody};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, registry::Registry};

use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin, Customer, Family, Right},
    web::signature::Signature,
};

/// A customer when a customer's token fits, else an administrator who may change plugins.
#[derive(Debug, Clone)]
pub enum Registrar {
    Customer(Customer),
    Admin(Admin),
}

async fn registrar(request: &Request) -> Result<Registrar> {
    let app = request.data::<App>().ok_or_else(|| Error::internal("no App in the request"))?;
    let signature = Signature::of(request)?;
    match identity::authenticate(app, Family::Customer, &signature, false).await {
        Err(Error::Forged) => {
            let session = identity::authenticate(app, Family::Admin, &signature, false).await?;
            let admin = session.admin()?;
            admin.require(Right::PluginWrite)?;
            Ok(Registrar::Admin(admin))
        }
        other => Ok(Registrar::Customer(other?.customer()?)),
    }
}

impl<'a> ApiExtractor<'a> for Registrar {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Admin as ApiExtractor<'a>>::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        <Admin as ApiExtractor<'a>>::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(registrar(request).await?)
    }
}
