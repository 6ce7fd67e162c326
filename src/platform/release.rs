//! What is done to the mini-programs' code, one or several at a time. WeChat decides what is possible; what it decided
//! is noted with the mini-program, and one's failure does not stop the others.

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{
    Status, component,
    store::releases::{self as store, Listed, MiniApp, NewVersion, ReviewState},
    trouble::Trouble,
};
use crate::{
    app::App,
    db::Write,
    error::{Error, Result},
    identity::{self, AccountKind, Admin, Author, pictures},
    ids::{CompanyId, MiniAppId},
    time::Millis,
    web::Paging,
    weixin::{Account, CodeTemplate, ReviewItem, Upload, WeixinError},
};

/// Mini-programs in one request at most.
const MOST: usize = 100;
/// Mini-programs that are worked on at the same time.
const AT_ONCE: usize = 4;
/// The page that the trial version's QR code opens.
const FIRST_PAGE: &str = "pages/mingpian/index";
/// What the reviewers are told that the first page is.
const TITLE: &str = "名片";

/// What is uploaded.
#[derive(Debug, Clone)]
pub struct Draft {
    pub version: String,
    pub template_id: i64,
    pub description: String,
}

/// What can be done.
#[derive(Debug, Clone)]
pub enum Deed {
    Upload(Draft),
    Submit,
    Withdraw,
    Release,
    Revert,
}

impl Deed {
    /// The address's last word, also the audit log's.
    fn name(&self) -> &'static str {
        match self {
            Self::Upload(_) => "upload_code",
            Self::Submit => "submit_audit",
            Self::Withdraw => "undocode_audit",
            Self::Release => "relase_code",
            Self::Revert => "revert_code_release",
        }
    }

    /// What it is called when it fails; with `成功` when it does not.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Upload(_) => "小程序帐号上传小程序代码",
            Self::Submit => "提交审核代码",
            Self::Withdraw => "小程序审核撤回",
            Self::Release => "小程序发布",
            Self::Revert => "小程序回退",
        }
    }

    fn failed(&self) -> Status {
        match self {
            Self::Upload(_) => Status::UploadFailed,
            Self::Submit => Status::SubmitFailed,
            Self::Withdraw => Status::WithdrawFailed,
            Self::Release => Status::ReleaseFailed,
            Self::Revert => Status::RevertFailed,
        }
    }
}

/// What came of it for one mini-program.
#[derive(Debug)]
pub struct Outcome {
    pub id: MiniAppId,
    /// `None` when there is no such mini-program.
    pub app: Option<MiniApp>,
    /// What is shown of it now.
    pub status: Option<Status>,
    pub trouble: Option<Trouble>,
}

/// A page of the authorised mini-programs and how many there are; a super-administrator sees those of all companies.
pub async fn page(app: &App, admin: &Admin, paging: Paging) -> Result<(Vec<Listed>, i64)> {
    let company = admin.only_company();
    app.db.read(move |conn| Ok((store::list(conn, company, paging)?, store::count(conn, company)?))).await
}

/// The platform's code templates.
pub async fn templates(app: &App) -> Result<Vec<CodeTemplate>> {
    let platform = component(app, AccountKind::MiniProgram).await?;
    Ok(app.weixin.code_templates(&platform).await?)
}

/// Does something to each of these mini-programs, in this order; none of them stops the others.
pub async fn all(app: &App, admin: &Admin, ids: Vec<i64>, deed: Deed) -> Result<Vec<Outcome>> {
    let mut wanted: Vec<MiniAppId> = Vec::new();
    for id in ids.into_iter().map(MiniAppId) {
        if !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(Error::field("app_ids_list", format!("应为 1 到 {MOST} 个小程序 id")));
    }
    // Without the platform there is nothing to be done, and nothing of it the mini-programs' fault.
    component(app, AccountKind::MiniProgram).await?;
    let (app, scope, by) = (app.clone(), admin.only_company(), admin.author());
    // In a task of its own: what WeChat has done must be noted, also when the client has gone.
    let work = async move {
        let each = wanted.into_iter().map(|id| one(&app, scope, id, &deed, by));
        stream::iter(each).buffered(AT_ONCE).collect::<Vec<_>>().await
    };
    tokio::spawn(work).await.map_err(Error::internal)
}

async fn one(app: &App, scope: Option<CompanyId>, id: MiniAppId, deed: &Deed, by: Author) -> Outcome {
    let found = app.db.read(move |conn| store::find(conn, scope, id)).await;
    let mini = match found.and_then(|mini| mini.ok_or_else(|| Error::no_such("小程序"))) {
        Ok(mini) => mini,
        Err(error) => return Outcome { id, app: None, status: None, trouble: Some(error.into()) },
    };
    let trouble = perform(app, &mini, deed, Some(by)).await.err();
    let status = app.db.read(move |conn| store::status(conn, id)).await.ok();
    Outcome { id, app: Some(mini), status, trouble }
}

/// Does it, and notes how it ended. `by` is nobody when the server does it by itself.
pub(super) async fn perform(app: &App, mini: &MiniApp, deed: &Deed, by: Option<Author>) -> Result<(), Trouble> {
    let outcome = match deed {
        Deed::Upload(draft) => upload(app, mini, draft, by).await,
        Deed::Submit => submit(app, mini, by).await,
        Deed::Withdraw => withdraw(app, mini, by).await,
        Deed::Release => release(app, mini, by).await,
        Deed::Revert => revert(app, mini, by).await,
    };
    match &outcome {
        Err(Trouble::Ours(Error::Internal(detail))) => {
            tracing::error!(%detail, app_id = mini.app_id, deed = deed.name(), "a mini-program's code");
        }
        // What WeChat did not get to see has not failed there: it stays as it was.
        Ok(()) | Err(Trouble::Ours(_)) => {}
        Err(refused @ Trouble::Refused { .. }) => {
            let (mini, status, reason, action) = (mini.clone(), deed.failed(), refused.text(), deed.name());
            app.db
                .write(move |w| {
                    // A version that is being reviewed is what the status is about, whatever else was tried meanwhile.
                    if status == Status::WithdrawFailed || store::pending(w, mini.id)?.is_none() {
                        store::set_status(w, mini.id, status, &reason, None, Millis::now())?;
                    }
                    note(w, &mini, by, action, &format!("失败 {reason}"))
                })
                .await?;
        }
    }
    outcome
}

fn note(w: &Write<'_>, mini: &MiniApp, by: Option<Author>, action: &str, detail: &str) -> Result<()> {
    let Some(by) = by else { return Ok(()) };
    let detail = format!("小程序 {} {detail}", mini.app_id);
    identity::store::audit::put(w, mini.company, by, &format!("dai_xcx.{action}"), &detail)
}

/// The mini-program as the platform reaches it; 400 when it is not authorised (any more).
pub(super) async fn authorised(app: &App, mini: &MiniApp) -> Result<Account> {
    let account = identity::authorised_account(app, mini.company, AccountKind::MiniProgram).await?;
    account.filter(|account| account.app_id() == mini.app_id).ok_or_else(|| {
        let has_own_secret = app.settings.has_of(mini.company, "xcx.secret");
        let text = if has_own_secret {
            "该小程序使用自己的密钥，没有授权给第三方平台，不能代为管理代码"
        } else {
            "该小程序的授权已取消，请重新授权"
        };
        Error::Unprepared(text.into())
    })
}

async fn call<T, C, Calling>(app: &App, mini: &MiniApp, call: C) -> Result<T, Trouble>
where
    C: FnOnce(Account) -> Calling,
    Calling: Future<Output = Result<T, WeixinError>>,
{
    let account = authorised(app, mini).await?;
    Ok(identity::with_this(app, mini.company, AccountKind::MiniProgram, account, call).await??)
}

async fn upload(app: &App, mini: &MiniApp, draft: &Draft, by: Option<Author>) -> Result<(), Trouble> {
    let ext_json = json!({
        "extEnable": "true", "extAppid": mini.app_id, "directCommit": "false",
        "ext": { "company_id": mini.company.0, "user_version": draft.version },
    });
    let upload = Upload {
        template_id: draft.template_id,
        version: draft.version.clone(),
        description: draft.description.clone(),
        ext_json: ext_json.to_string(),
    };
    call(app, mini, async |account| app.weixin.commit_code(&account, &upload).await).await?;
    // The code is up, with a picture of its QR code or without.
    let qr_code = match trial_picture(app, mini).await {
        Ok(url) => url,
        Err(trouble) => {
            tracing::warn!(trouble = trouble.text(), app_id = mini.app_id, "no QR code of the trial version");
            String::new()
        }
    };
    let new = NewVersion {
        version: draft.version.clone(),
        template_id: draft.template_id,
        description: draft.description.clone(),
        qr_code,
    };
    let mini = mini.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            let version = store::insert_version(w, mini.id, &new, now)?;
            store::set_status(w, mini.id, Status::Uploaded, "", Some(version), now)?;
            note(w, &mini, by, "upload_code", &format!("版本 {}，模版 {}", new.version, new.template_id))
        })
        .await?;
    Ok(())
}

async fn trial_picture(app: &App, mini: &MiniApp) -> Result<String, Trouble> {
    let picture = call(app, mini, async |account| app.weixin.trial_qr_code(&account, FIRST_PAGE).await).await?;
    let app_id = mini.app_id.clone();
    let name = move |stamp: &str| format!("{app_id}_{stamp}_QRCode.jpg");
    Ok(pictures::store(app, "admin/qr_code", move || pictures::as_jpeg(picture), name).await?)
}

/// The latest upload, unless the reviewers passed it already.
async fn submit(app: &App, mini: &MiniApp, by: Option<Author>) -> Result<(), Trouble> {
    let id = mini.id;
    let version = app.db.read(move |conn| store::latest(conn, id)).await?;
    let version = version
        .filter(|version| version.review != ReviewState::Passed)
        .ok_or_else(|| Error::Unacceptable("没有可提交审核的代码，请先提交代码".into()))?;
    let handed_in = call(app, mini, async |account| {
        let page = app.weixin.trial_pages(&account).await?.into_iter().next();
        let category = app.weixin.service_categories(&account).await?.into_iter().next();
        let (Some(address), Some(category)) = (page, category) else { return Ok(None) };
        let item = ReviewItem { address, tag: TITLE.to_owned(), title: TITLE.to_owned(), category };
        app.weixin.submit_audit(&account, &item).await.map(Some)
    });
    let audit_id = handed_in.await?;
    let audit_id = audit_id.ok_or_else(|| Error::Unacceptable("小程序没有页面或没有设置服务类目".into()))?;
    let mini = mini.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            store::submitted(w, version.id, audit_id, now)?;
            store::set_status(w, mini.id, Status::InReview, "", Some(version.id), now)?;
            note(w, &mini, by, "submit_audit", &format!("版本 {}，审核编号 {audit_id}", version.version))
        })
        .await?;
    Ok(())
}

async fn withdraw(app: &App, mini: &MiniApp, by: Option<Author>) -> Result<(), Trouble> {
    let id = mini.id;
    let version = app.db.read(move |conn| store::pending(conn, id)).await?;
    let version = version.ok_or_else(|| Error::Unacceptable("没有正在审核中的代码".into()))?;
    call(app, mini, async |account| app.weixin.withdraw_audit(&account).await).await?;
    let mini = mini.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            store::reviewed(w, version.id, ReviewState::Withdrawn, now)?;
            store::set_status(w, mini.id, Status::Withdrawn, "", Some(version.id), now)?;
            note(w, &mini, by, "undocode_audit", &format!("版本 {}", version.version))
        })
        .await?;
    Ok(())
}

async fn release(app: &App, mini: &MiniApp, by: Option<Author>) -> Result<(), Trouble> {
    match call(app, mini, async |account| app.weixin.release_code(&account).await).await {
        // It is online: an earlier try reached WeChat, and its answer did not reach us.
        Ok(()) | Err(Trouble::Refused { errcode: 85052, .. }) => {}
        Err(trouble) => return Err(trouble),
    }
    let mini = mini.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            // WeChat may have passed it without our having heard of it.
            let passed = store::passed(w, mini.id)?;
            let version = if passed.is_some() { passed } else { store::pending(w, mini.id)? };
            if let Some(version) = &version {
                store::released(w, version.id, now)?;
            }
            store::set_status(w, mini.id, Status::Released, "", version.as_ref().map(|version| version.id), now)?;
            let name = version.map_or_else(String::new, |version| format!("版本 {}", version.version));
            note(w, &mini, by, "relase_code", &name)
        })
        .await?;
    Ok(())
}

async fn revert(app: &App, mini: &MiniApp, by: Option<Author>) -> Result<(), Trouble> {
    call(app, mini, async |account| app.weixin.revert_code(&account).await).await?;
    let mini = mini.clone();
    app.db
        .write(move |w| {
            let now = Millis::now();
            let left = store::online(w, mini.id)?;
            if let Some(version) = &left {
                store::reverted(w, version.id, now)?;
            }
            let back = store::online(w, mini.id)?;
            store::set_status(w, mini.id, Status::Reverted, "", back.as_ref().map(|version| version.id), now)?;
            let name = |version: Option<store::Version>| version.map_or_else(String::new, |version| version.version);
            note(w, &mini, by, "revert_code_release", &format!("版本 {} → {}", name(left), name(back)))
        })
        .await?;
    Ok(())
}
