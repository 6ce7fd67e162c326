//! The mini-program's round code that opens a staff member's card.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::watch;

use super::{AccountKind, Author, pictures, store, with_account};
use crate::{
    app::App,
    error::{Error, Result},
    ids::{CompanyId, CustomerId, StaffId},
};

/// How often missing codes are looked for, and how many are made then.
const GAPS: Duration = Duration::from_mins(30);
const MOST_GAPS: i64 = 200;
/// Pixels.
const WIDTH: u32 = 430;

/// Makes the code of a staff member anew; its URL. 302 when the company has no such staff member. `by` is who does it
/// in the back office; one's own code is nobody's business.
pub async fn make(app: &App, company: CompanyId, staff: StaffId, by: Option<Author>) -> Result<String> {
    let known = app.db.read(move |conn| crate::customers::store::is_staff_of(conn, company, staff)).await?;
    if !known {
        return Err(Error::no_such("用户"));
    }
    let url = draw(app, company, staff, None).await?;
    let stored = vec![(staff, url.clone())];
    app.db
        .write(move |w| {
            store::staff::set_qr_codes(w, company, &stored)?;
            let Some(by) = by else { return Ok(()) };
            let detail = format!("用户 {staff} 的小程序二维码");
            store::audit::put(w, company, by, "user.create_small_program_qr_code", &detail)
        })
        .await?;
    Ok(url)
}

/// Makes the codes of new staff in the background, as far as WeChat is willing.
pub fn make_later(app: &App, company: CompanyId, staff: Vec<StaffId>) {
    if staff.is_empty() {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = make_all(&app, company, &staff).await {
            tracing::warn!(%error, %company, "the QR codes of new staff are not all made");
        }
    });
}

/// Every now and then makes the codes that are missing: the process ended too early, or WeChat was not willing.
pub async fn fill_gaps(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(GAPS) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        let missing = match app.db.read(|conn| store::staff::without_qr_code(conn, MOST_GAPS)).await {
            Ok(missing) => missing,
            Err(error) => {
                tracing::error!(%error, "missing QR codes cannot be looked up");
                continue;
            }
        };
        let mut companies: BTreeMap<CompanyId, Vec<StaffId>> = BTreeMap::new();
        for (company, staff) in missing {
            companies.entry(company).or_default().push(staff);
        }
        for (company, staff) in companies {
            match make_all(&app, company, &staff).await {
                // A company without a mini-program has no codes yet.
                Ok(()) | Err(Error::Unprepared(_)) => {}
                Err(error) => tracing::warn!(%error, %company, "missing QR codes are not all made"),
            }
        }
    }
}

async fn make_all(app: &App, company: CompanyId, staff: &[StaffId]) -> Result<()> {
    for some in staff.chunks(20) {
        let mut made = Vec::with_capacity(some.len());
        let mut outcome = Ok(());
        for id in some {
            match draw(app, company, *id, None).await {
                Ok(url) => made.push((*id, url)),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        app.db.write(move |w| store::staff::set_qr_codes(w, company, &made)).await?;
        outcome?;
    }
    Ok(())
}

/// Makes a code that opens the staff member's card and says which customer handed it on; its URL. WeChat gives out a
/// limited number of codes: ask for one that is wanted, and keep it.
pub async fn personal(app: &App, company: CompanyId, staff: StaffId, customer: CustomerId) -> Result<String> {
    draw(app, company, staff, Some(customer)).await
}

/// Fetches one code and stores the picture; the database is left alone but for WeChat's tokens.
async fn draw(app: &App, company: CompanyId, staff: StaffId, customer: Option<CustomerId>) -> Result<String> {
    let (parent, who) = match customer {
        Some(customer) => (format!("&pid={customer}"), format!("{staff}_{customer}")),
        None => (String::new(), staff.to_string()),
    };
    let path = format!("/pages/mingpian/index?uid={staff}&source=1{parent}");
    let picture = with_account(app, company, AccountKind::MiniProgram, async |mini| {
        app.weixin.mini_qr_code(&mini, &path, WIDTH).await
    })
    .await?;
    pictures::store(
        app,
        "xiaochengxu/qr_code",
        move || pictures::as_jpeg(picture),
        move |stamp| format!("{who}_{stamp}_qrcode.jpg"),
    )
    .await
}
