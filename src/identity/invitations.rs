//! The QR code by which people register themselves. It holds a signature that is good for that one call and for seven
//! days, never the administrator's own.

use poem::{Request, RequestBody};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, registry::Registry};

use super::{Admin, Family, Right, pictures, store};
use crate::{
    app::App,
    error::{Error, Result},
    settings::Tolerance,
    time::{HOUR, Millis},
    web::signature::{Signature, new_token, sign},
};

const DAYS: i64 = 7;

/// An invitation as it is handed out.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The picture of the code.
    pub picture: String,
    /// What the code holds.
    pub link: String,
}

/// Makes an invitation into the administrator's company.
pub async fn create(app: &App, admin: &Admin) -> Result<Invitation> {
    let (company, id) = (admin.company, admin.id);
    let (token, now) = (new_token()?, Millis::now());
    let link = format!(
        "{}/admin/#/register?rand_str={}&timestamp={}&user_id={id}",
        app.public_url,
        sign(&now.0.to_string(), &token),
        now.0
    );
    let text = link.clone();
    let picture = pictures::store(
        app,
        "admin/qrcode",
        move || pictures::qr_code(&text),
        move |stamp| format!("admin_uid_{id}_{stamp}_qrCode.png"),
    )
    .await?;
    let until = now.plus(DAYS * 24 * HOUR);
    let by = admin.author();
    app.db
        .write(move |w| {
            store::waiting::invite(w, company, id, &token, now, until)?;
            store::audit::put(w, company, by, "user.create_scan_code", "添加用户的二维码，七天内有效")
        })
        .await?;
    Ok(Invitation { picture, link })
}

/// Who lets a person register: the administrator, either in person or through an invitation.
#[derive(Debug, Clone)]
pub struct Inviter(pub Admin);

async fn inviter(request: &Request) -> Result<Inviter> {
    let app = request.data::<App>().ok_or_else(|| Error::internal("no App in the request"))?;
    let signature = Signature::of(request)?;
    let admin = match super::authenticate(app, Family::Admin, &signature, false).await {
        Err(Error::Forged) => invited(app, &signature).await?,
        other => other?.admin()?,
    };
    admin.require(Right::StaffWrite)?;
    Ok(Inviter(admin))
}

/// The administrator whose invitation made this signature; they must still be there and allowed to invite.
async fn invited(app: &App, signature: &Signature) -> Result<Admin> {
    let session = app.sessions.find(&app.db, Family::Admin, signature.user_id).await?.ok_or(Error::Forged)?;
    let admin = session.admin()?;
    let (company, id, now) = (admin.company, admin.id, Millis::now());
    let tokens = app.db.read(move |conn| store::waiting::invitations(conn, company, id, now)).await?;
    // The invitation's own end is in the database; the stamp is its beginning.
    let tolerance = Tolerance { max_age_hours: DAYS * 24 + 1, allow_unstamped: false, ..app.settings.tolerance() };
    if !tokens.iter().any(|token| signature.check(token, now, tolerance, false).is_ok()) {
        return Err(Error::Forged);
    }
    if !session.enabled {
        return Err(Error::Disabled);
    }
    if session.is_expired(app.zone.day(now)) {
        return Err(Error::expired());
    }
    Ok(admin)
}

impl<'a> ApiExtractor<'a> for Inviter {
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
        Ok(inviter(request).await?)
    }
}
