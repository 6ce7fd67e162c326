//! The code of authorised mini-programs (代小程序代码管理): uploading, WeChat's review, going online, going back.

use serde::Deserialize;
use serde_json::json;

use super::http::{Request, Server};
use super::{Account, Component, Secret, Weixin, WeixinError, wire};

/// A template of the platform's library: code that can be given to mini-programs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CodeTemplate {
    /// From 0.
    #[serde(deserialize_with = "wire::int")]
    pub template_id: i64,
    /// Version as its developer called it.
    #[serde(default, deserialize_with = "wire::text")]
    pub user_version: String,
    /// What the developer said of it.
    #[serde(default, deserialize_with = "wire::text")]
    pub user_desc: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "wire::int")]
    pub create_time: i64,
    /// The mini-program it was developed in.
    #[serde(default, deserialize_with = "wire::text")]
    pub source_miniprogram_appid: String,
    /// That mini-program's name.
    #[serde(default, deserialize_with = "wire::text")]
    pub source_miniprogram: String,
    /// Who uploaded it.
    #[serde(default, deserialize_with = "wire::text")]
    pub developer: String,
}

/// What is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The template.
    pub template_id: i64,
    /// The version's name.
    pub version: String,
    /// What is new.
    pub description: String,
    /// Values for this mini-program (`ext.json`), serialised.
    pub ext_json: String,
}

/// A service category that a mini-program has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Category {
    /// `IT科技`
    #[serde(default, deserialize_with = "wire::text")]
    pub first_class: String,
    /// `软件服务提供商`
    #[serde(default, deserialize_with = "wire::text")]
    pub second_class: String,
    /// Empty for most.
    #[serde(default, deserialize_with = "wire::text")]
    pub third_class: String,
    /// WeChat's numbers of the same.
    #[serde(default, deserialize_with = "wire::int")]
    pub first_id: i64,
    /// See `first_id`.
    #[serde(default, deserialize_with = "wire::int")]
    pub second_id: i64,
    /// See `first_id`; 0 when there is none.
    #[serde(default, deserialize_with = "wire::int")]
    pub third_id: i64,
}

/// A page of a mini-program as it is put before the reviewers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewItem {
    /// Path of the page.
    pub address: String,
    /// Words that it is found by, separated by blanks.
    pub tag: String,
    /// What the page is called.
    pub title: String,
    /// What it belongs to.
    pub category: Category,
}

/// What WeChat's reviewers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Good to go online.
    Passed,
    /// Not good; why, in WeChat's words (with `<br>`).
    Failed(String),
    /// Not looked at yet, or not long enough.
    Pending,
    /// Taken back before they were done.
    Withdrawn,
}

/// The latest review of a mini-program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// WeChat's number for it.
    pub audit_id: i64,
    /// How it ended, if it did.
    pub verdict: Verdict,
}

#[derive(Deserialize)]
struct RawTemplates {
    #[serde(default)]
    template_list: Vec<CodeTemplate>,
}

#[derive(Deserialize)]
struct RawPages {
    #[serde(default)]
    page_list: Vec<String>,
}

#[derive(Deserialize)]
struct RawCategories {
    #[serde(default)]
    category_list: Vec<Category>,
}

#[derive(Deserialize)]
struct RawSubmitted {
    #[serde(deserialize_with = "wire::int")]
    auditid: i64,
}

#[derive(Deserialize)]
struct RawReview {
    #[serde(default, deserialize_with = "wire::int")]
    auditid: i64,
    #[serde(deserialize_with = "wire::int")]
    status: i64,
    #[serde(default, deserialize_with = "wire::text")]
    reason: String,
}

fn get(path: &'static str) -> Request {
    Request::get(Server::Weixin, path)
}

impl Weixin {
    /// The platform's library of code templates (`wxa/gettemplatelist`).
    ///
    /// # Errors
    /// `Refused` when the platform is not what it claims to be.
    pub async fn code_templates(&self, component: &Component) -> Result<Vec<CodeTemplate>, WeixinError> {
        let request = |token: &str| get("/wxa/gettemplatelist").query("access_token", token);
        let raw: RawTemplates = self.component_call(component, request).await?;
        Ok(raw.template_list)
    }

    /// Gives a mini-program the code of a template, as its trial version (`wxa/commit`).
    ///
    /// # Errors
    /// `Refused` with 85014 for an unknown template, 85043 or 85044 for code that WeChat does not take.
    pub async fn commit_code(&self, mini: &Account, upload: &Upload) -> Result<(), WeixinError> {
        let body = json!({
            "template_id": upload.template_id, "ext_json": upload.ext_json,
            "user_version": upload.version, "user_desc": upload.description,
        });
        let _: wire::Nothing =
            self.account_json(mini, || Request::post(Server::Weixin, "/wxa/commit", body.clone())).await?;
        Ok(())
    }

    /// The QR code of the trial version, opening `page`: the picture's bytes (`wxa/get_qrcode`).
    ///
    /// # Errors
    /// `Refused` when there is no trial version.
    pub async fn trial_qr_code(&self, mini: &Account, page: &str) -> Result<Vec<u8>, WeixinError> {
        const PATH: &str = "/wxa/get_qrcode";
        let call = |token: Secret| {
            let request = get(PATH).query("path", page).query("access_token", token.expose());
            async move { self.http().picture(PATH, request).await }
        };
        self.account_call(mini, call).await
    }

    /// The pages of the trial version (`wxa/get_page`).
    ///
    /// # Errors
    /// `Refused` with 86001 when there is no trial version.
    pub async fn trial_pages(&self, mini: &Account) -> Result<Vec<String>, WeixinError> {
        let raw: RawPages = self.account_json(mini, || get("/wxa/get_page")).await?;
        Ok(raw.page_list)
    }

    /// The service categories that the mini-program may be reviewed under (`wxa/get_category`).
    ///
    /// # Errors
    /// `Refused`, as any call.
    pub async fn service_categories(&self, mini: &Account) -> Result<Vec<Category>, WeixinError> {
        let raw: RawCategories = self.account_json(mini, || get("/wxa/get_category")).await?;
        Ok(raw.category_list)
    }

    /// Hands the trial version to WeChat's reviewers (`wxa/submit_audit`): their number for it.
    ///
    /// # Errors
    /// `Refused` with 85009 while another version is being reviewed, 85077 for a category that the owner has not.
    pub async fn submit_audit(&self, mini: &Account, item: &ReviewItem) -> Result<i64, WeixinError> {
        let category = &item.category;
        let mut shown = json!({
            "address": item.address, "tag": item.tag, "title": item.title,
            "first_class": category.first_class, "second_class": category.second_class,
            "first_id": category.first_id, "second_id": category.second_id,
        });
        if category.third_id != 0 {
            shown["third_class"] = category.third_class.as_str().into();
            shown["third_id"] = category.third_id.into();
        }
        let body = json!({ "item_list": [shown] });
        let raw: RawSubmitted =
            self.account_json(mini, || Request::post(Server::Weixin, "/wxa/submit_audit", body.clone())).await?;
        Ok(raw.auditid)
    }

    /// What became of the version that was handed in last (`wxa/get_latest_auditstatus`).
    ///
    /// # Errors
    /// `Refused` with 86001 when nothing was ever handed in.
    pub async fn latest_review(&self, mini: &Account) -> Result<Review, WeixinError> {
        let raw: RawReview = self.account_json(mini, || get("/wxa/get_latest_auditstatus")).await?;
        let verdict = match raw.status {
            0 => Verdict::Passed,
            1 => Verdict::Failed(raw.reason),
            3 => Verdict::Withdrawn,
            // 2 is under review, 4 the same for longer than usual.
            _ => Verdict::Pending,
        };
        Ok(Review { audit_id: raw.auditid, verdict })
    }

    /// Takes back what was handed in (`wxa/undocodeaudit`).
    ///
    /// # Errors
    /// `Refused` with 87013 once a day's tries are used up.
    pub async fn withdraw_audit(&self, mini: &Account) -> Result<(), WeixinError> {
        let _: wire::Nothing = self.account_json(mini, || get("/wxa/undocodeaudit")).await?;
        Ok(())
    }

    /// Puts the version online that the reviewers passed (`wxa/release`).
    ///
    /// # Errors
    /// `Refused` with 85019 when nothing was handed in, 85020 when it was not passed, 85052 when it is online already.
    pub async fn release_code(&self, mini: &Account) -> Result<(), WeixinError> {
        let _: wire::Nothing =
            self.account_json(mini, || Request::post(Server::Weixin, "/wxa/release", json!({}))).await?;
        Ok(())
    }

    /// Puts the version online again that was there before the present one (`wxa/revertcoderelease`).
    ///
    /// # Errors
    /// `Refused` with 87011 or 87012 when there is none, or none that may come back.
    pub async fn revert_code(&self, mini: &Account) -> Result<(), WeixinError> {
        let _: wire::Nothing = self.account_json(mini, || get("/wxa/revertcoderelease")).await?;
        Ok(())
    }
}
