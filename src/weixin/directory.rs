//! Work WeChat's contacts (通讯录): reading and changing departments and members.
//!
//! All calls want the contacts secret; the radar application may only read.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::http::{Request, Server, body};
use super::work::CorpApp;
use super::{Weixin, WeixinError, wire};

/// A department of the company.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkDepartment {
    /// 1 is the company itself.
    pub id: i64,
    /// Empty when the application may not read names.
    #[serde(default, deserialize_with = "wire::text")]
    pub name: String,
    /// 0 for the company itself.
    #[serde(default, rename = "parentid", deserialize_with = "wire::int")]
    pub parent_id: i64,
    /// Greater comes first.
    #[serde(default, deserialize_with = "wire::int")]
    pub order: i64,
}

/// A member of the company. Only `userid` is certain; texts may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WorkMember {
    /// Unique in the company.
    pub userid: String,
    /// Display name.
    #[serde(default, deserialize_with = "wire::text")]
    pub name: String,
    /// Ids of all departments the member is in.
    #[serde(default, deserialize_with = "wire::ints")]
    pub department: Vec<i64>,
    /// Job title.
    #[serde(default, deserialize_with = "wire::text")]
    pub position: String,
    /// Mobile number.
    #[serde(default, deserialize_with = "wire::text")]
    pub mobile: String,
    /// 1 male, 2 female, 0 not told.
    #[serde(default, deserialize_with = "wire::int")]
    pub gender: i64,
    /// E-mail address.
    #[serde(default, deserialize_with = "wire::text")]
    pub email: String,
    /// An address at WeChat's picture hosts.
    #[serde(default, deserialize_with = "wire::text")]
    pub avatar: String,
}

/// A member to be created, or the fields of one to be changed (`None` stays as it is).
#[derive(Debug, Clone, Default, Serialize)]
pub struct MemberDraft {
    /// Chosen by us, unique in the company.
    pub userid: String,
    /// Required to create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ids of all departments; the company itself (1) when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Vec<i64>>,
    /// Job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Unique in the company; to create, mobile or e-mail must be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// 1 male, 2 female.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number_as_text")]
    pub gender: Option<i64>,
    /// Unique in the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A department to be created, or the fields of one to be changed (`None` stays as it is).
#[derive(Debug, Clone, Default, Serialize)]
pub struct DepartmentDraft {
    /// Required to change; to create, WeChat chooses one when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Required to create, unique under its parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Required to create; 1 is the company itself.
    #[serde(rename = "parentid", skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<i64>,
    /// Greater comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
}

/// Work WeChat wants the gender as a text, as it writes it.
#[allow(clippy::ref_option, reason = "serde calls it so")]
fn number_as_text<S: Serializer>(number: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    number.unwrap_or(0).to_string().serialize(to)
}

#[derive(Deserialize)]
struct Departments {
    #[serde(default)]
    department: Vec<WorkDepartment>,
}

#[derive(Deserialize)]
struct Members {
    #[serde(default)]
    userlist: Vec<WorkMember>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(default, deserialize_with = "wire::int")]
    id: i64,
}

impl Weixin {
    /// All departments that the application may see.
    ///
    /// # Errors
    /// As every call: see [`WeixinError`].
    pub async fn work_departments(&self, app: &CorpApp) -> Result<Vec<WorkDepartment>, WeixinError> {
        let request = |token: &str| Request::get(Server::Work, "/cgi-bin/department/list").query("access_token", token);
        self.work_call::<Departments, _>(app, request).await.map(|answer| answer.department)
    }

    /// The members of one department, those of its sub-departments not included.
    ///
    /// # Errors
    /// `Refused` with 60003 for an unknown department.
    pub async fn work_members(&self, app: &CorpApp, department_id: i64) -> Result<Vec<WorkMember>, WeixinError> {
        let request = |token: &str| {
            Request::get(Server::Work, "/cgi-bin/user/list")
                .query("access_token", token)
                .query("department_id", department_id.to_string())
                .query("fetch_child", "0")
        };
        self.work_call::<Members, _>(app, request).await.map(|answer| answer.userlist)
    }

    /// Adds a member.
    ///
    /// # Errors
    /// `Refused` with 60102 (userid taken), 60104 (mobile taken), 60123 (department) and others.
    pub async fn work_create_user(&self, app: &CorpApp, member: &MemberDraft) -> Result<(), WeixinError> {
        self.work_post(app, "/cgi-bin/user/create", body(member)?).await
    }

    /// Changes the given fields of a member.
    ///
    /// # Errors
    /// `Refused` with 60111 for an unknown member, and as for creating.
    pub async fn work_update_user(&self, app: &CorpApp, member: &MemberDraft) -> Result<(), WeixinError> {
        self.work_post(app, "/cgi-bin/user/update", body(member)?).await
    }

    /// Removes a member from the company.
    ///
    /// # Errors
    /// `Refused` with 60111 for an unknown member.
    pub async fn work_delete_user(&self, app: &CorpApp, userid: &str) -> Result<(), WeixinError> {
        let request = |token: &str| {
            Request::get(Server::Work, "/cgi-bin/user/delete").query("access_token", token).query("userid", userid)
        };
        self.work_call::<wire::Nothing, _>(app, request).await.map(drop)
    }

    /// Adds a department and answers its id.
    ///
    /// # Errors
    /// `Refused` with 60008 (name or id taken), 60004 (no such parent) and others.
    pub async fn work_create_department(
        &self,
        app: &CorpApp,
        department: &DepartmentDraft,
    ) -> Result<i64, WeixinError> {
        let department = body(department)?;
        let request = |token: &str| {
            Request::post(Server::Work, "/cgi-bin/department/create", department.clone()).query("access_token", token)
        };
        self.work_call::<Created, _>(app, request).await.map(|answer| answer.id)
    }

    /// Changes the given fields of a department.
    ///
    /// # Errors
    /// `Refused` with 60003 for an unknown department, and as for creating.
    pub async fn work_update_department(&self, app: &CorpApp, department: &DepartmentDraft) -> Result<(), WeixinError> {
        self.work_post(app, "/cgi-bin/department/update", body(department)?).await
    }

    /// Removes an empty department.
    ///
    /// # Errors
    /// `Refused` with 60003 (unknown), 60005 (has members), 60006 (has sub-departments).
    pub async fn work_delete_department(&self, app: &CorpApp, id: i64) -> Result<(), WeixinError> {
        let request = |token: &str| {
            Request::get(Server::Work, "/cgi-bin/department/delete")
                .query("access_token", token)
                .query("id", id.to_string())
        };
        self.work_call::<wire::Nothing, _>(app, request).await.map(drop)
    }

    async fn work_post(&self, app: &CorpApp, path: &'static str, body: Value) -> Result<(), WeixinError> {
        let request = |token: &str| Request::post(Server::Work, path, body.clone()).query("access_token", token);
        self.work_call::<wire::Nothing, _>(app, request).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn drafts_send_what_is_given() {
        let member = MemberDraft { userid: "lina".to_owned(), gender: Some(2), ..MemberDraft::default() };
        assert_eq!(body(&member).unwrap(), json!({ "userid": "lina", "gender": "2" }));
        let department = DepartmentDraft { parent_id: Some(1), ..DepartmentDraft::default() };
        assert_eq!(body(&department).unwrap(), json!({ "parentid": 1 }));
    }
}
