//! Scripts in the back office (document 002, section 17), and for salespeople to read.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{Group, Named, Script, ScriptFilter};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Right, Staff, UnstampedAdmin},
    ids::{CompanyId, ScriptGroupId, ScriptId},
    time::Zone,
    web::{Answer, Body, Empty, NewId, Paging, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (ScriptAdminApi(app.clone()), ScriptStaffApi(app.clone()))
}

struct ScriptAdminApi(App);

struct ScriptStaffApi(App);

/// 话术分组
#[derive(Debug, Object, Serialize)]
struct GroupRow {
    id: i64,
    /// 分组名称
    #[oai(rename = "groupName")]
    #[serde(rename = "groupName")]
    group_name: String,
    /// 归属用户；没有为空
    #[oai(rename = "userProfile")]
    #[serde(rename = "userProfile")]
    user_profile: String,
    /// 归属用户的 ID；没有为 null
    #[oai(rename = "userProfile_id")]
    #[serde(rename = "userProfile_id")]
    user_profile_id: Option<i64>,
    /// 归属公司
    #[oai(rename = "companyName")]
    #[serde(rename = "companyName")]
    company_name: String,
    /// 分组中的话术数
    #[oai(rename = "speechNum")]
    #[serde(rename = "speechNum")]
    speech_num: i64,
    /// 创建时间
    #[oai(rename = "createDate")]
    #[serde(rename = "createDate")]
    create_date: String,
}

/// 话术
#[derive(Debug, Object, Serialize)]
struct ScriptRow {
    id: i64,
    /// 话术内容
    #[oai(rename = "contentWords")]
    #[serde(rename = "contentWords")]
    content_words: String,
    /// 发送次数
    #[oai(rename = "sendNum")]
    #[serde(rename = "sendNum")]
    send_num: i64,
    /// 分组名称
    #[oai(rename = "talkGroupName")]
    #[serde(rename = "talkGroupName")]
    talk_group_name: String,
    /// 分组 ID
    #[oai(rename = "talkGroup_id")]
    #[serde(rename = "talkGroup_id")]
    talk_group_id: i64,
    /// 创建时间
    #[oai(rename = "createDate")]
    #[serde(rename = "createDate")]
    create_date: String,
}

/// 话术分组列表
#[derive(Debug, Object, Serialize)]
struct GroupPage {
    #[oai(rename = "otherList")]
    #[serde(rename = "otherList")]
    other_list: Vec<GroupRow>,
    /// 总数
    #[oai(rename = "objsCount")]
    #[serde(rename = "objsCount")]
    objs_count: i64,
}

/// 话术列表
#[derive(Debug, Object, Serialize)]
struct ScriptPage {
    #[oai(rename = "otherList")]
    #[serde(rename = "otherList")]
    other_list: Vec<ScriptRow>,
    /// 总数
    #[oai(rename = "objsCount")]
    #[serde(rename = "objsCount")]
    objs_count: i64,
}

#[derive(Debug, Object)]
struct GroupQuery {
    /// 分组名称，模糊搜索
    #[oai(rename = "groupName")]
    group_name: Option<String>,
    /// 公司 ID；默认为自己的公司，只有超级管理员可以填写其他公司
    company_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct ScriptQuery {
    /// 分组的 ID 或名称
    #[oai(rename = "groupSearch")]
    group_search: Option<String>,
    /// 话术内容，模糊搜索
    #[oai(rename = "contentWords")]
    content_words: Option<String>,
    /// 公司 ID；默认为自己的公司，只有超级管理员可以填写其他公司
    company_id: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct NewGroupForm {
    /// 分组名称
    #[oai(rename = "groupName", validator(max_length = 50))]
    group_name: String,
    /// 归属用户：雷达用户的 ID 或姓名
    #[oai(rename = "userProfile", validator(max_length = 64))]
    user_profile: String,
    /// 归属公司：公司的 ID 或名称；默认为自己的公司
    #[oai(rename = "companyName", validator(max_length = 100))]
    company_name: Option<String>,
}

#[derive(Debug, Object)]
struct GroupForm {
    /// 分组名称；不传表示不变
    #[oai(rename = "groupName", validator(max_length = 50))]
    group_name: Option<String>,
    /// 归属用户：雷达用户的 ID 或姓名
    #[oai(rename = "userProfile", validator(max_length = 64))]
    user_profile: String,
    /// 归属公司：公司的 ID 或名称；只能是分组所在的公司
    #[oai(rename = "companyName", validator(max_length = 100))]
    company_name: Option<String>,
}

#[derive(Debug, Object)]
struct ScriptForm {
    /// 话术内容
    #[oai(rename = "contentWords", validator(max_length = 2000))]
    content_words: String,
    /// 归属分组：分组的 ID 或名称
    #[oai(rename = "talkGroupName", validator(max_length = 50))]
    talk_group_name: String,
}

#[derive(Debug, Object)]
struct GroupReading {
    /// 分组名称，模糊搜索
    #[oai(rename = "groupName")]
    group_name: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct ScriptReading {
    /// 分组的 ID 或名称
    #[oai(rename = "groupSearch")]
    group_search: Option<String>,
    /// 话术内容，模糊搜索
    #[oai(rename = "contentWords")]
    content_words: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

#[OpenApi(tag = "Tag::AdminScript")]
impl ScriptAdminApi {
    /// 话术分组管理 添加 说明
    ///
    /// 本公司已有同名分组时返回 300。
    #[oai(
        path = "/zhugeleida/admin/talkGroupManageOper/add/:o_id",
        method = "post",
        operation_id = "admin.talkGroupManage.add"
    )]
    async fn add_group(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<NewGroupForm>,
    ) -> Result<Answer<NewId>> {
        let _ = o_id;
        let (UnstampedAdmin(admin), form) = (admin, form.0);
        admin.require(Right::ScriptWrite)?;
        let company = form.company_name.as_deref().map(Named::read);
        let name = form.group_name.trim().to_owned();
        let id = super::add_group(&self.0, &admin, name, Named::read(&form.user_profile), company).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 话术分组管理 修改 说明
    #[oai(
        path = "/zhugeleida/admin/talkGroupManageOper/update/:o_id",
        method = "post",
        operation_id = "admin.talkGroupManage.update"
    )]
    async fn update_group(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<GroupForm>,
    ) -> Result<Answer<Empty>> {
        let (UnstampedAdmin(admin), form) = (admin, form.0);
        admin.require(Right::ScriptWrite)?;
        let name = form.group_name.map(|name| name.trim().to_owned());
        let company = form.company_name.as_deref().map(Named::read);
        let staff = Named::read(&form.user_profile);
        super::update_group(&self.0, &admin, ScriptGroupId(o_id.0), name, staff, company).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 话术分组管理 删除 说明
    ///
    /// 分组中还有话术时返回 304。
    #[oai(
        path = "/zhugeleida/admin/talkGroupManageOper/delete/:o_id",
        method = "get",
        operation_id = "admin.talkGroupManage.delete"
    )]
    async fn delete_group(&self, admin: UnstampedAdmin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        let UnstampedAdmin(admin) = admin;
        admin.require(Right::ScriptWrite)?;
        super::delete_group(&self.0, &admin, ScriptGroupId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 话术分组管理 查询 说明
    ///
    /// 最新的在前，默认每页 10 条。
    #[oai(path = "/zhugeleida/admin/talkGroupManageShow", method = "get", operation_id = "admin.talkGroupManage.list")]
    async fn list_groups(&self, admin: UnstampedAdmin, query: Params<GroupQuery>) -> Result<Answer<GroupPage>> {
        let (UnstampedAdmin(admin), query) = (admin, query.0);
        admin.require(Right::ScriptRead)?;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        groups(&self.0, admin.company_named(query.company_id)?, query.group_name, paging).await
    }

    /// 话术详情管理 添加 说明
    #[oai(
        path = "/zhugeleida/admin/speechDetailsManageOper/add/:o_id",
        method = "post",
        operation_id = "admin.speechDetailsManage.add"
    )]
    async fn add_script(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<ScriptForm>,
    ) -> Result<Answer<NewId>> {
        let _ = o_id;
        let UnstampedAdmin(admin) = admin;
        admin.require(Right::ScriptWrite)?;
        let (content, group) = form.0.read()?;
        let id = super::add_script(&self.0, &admin, content, group).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 话术详情管理 修改 说明
    #[oai(
        path = "/zhugeleida/admin/speechDetailsManageOper/update/:o_id",
        method = "post",
        operation_id = "admin.speechDetailsManage.update"
    )]
    async fn update_script(
        &self,
        admin: UnstampedAdmin,
        o_id: Path<i64>,
        form: Body<ScriptForm>,
    ) -> Result<Answer<Empty>> {
        let UnstampedAdmin(admin) = admin;
        admin.require(Right::ScriptWrite)?;
        let (content, group) = form.0.read()?;
        super::update_script(&self.0, &admin, ScriptId(o_id.0), content, group).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 话术详情管理 删除 说明
    #[oai(
        path = "/zhugeleida/admin/speechDetailsManageOper/delete/:o_id",
        method = "get",
        operation_id = "admin.speechDetailsManage.delete"
    )]
    async fn delete_script(&self, admin: UnstampedAdmin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        let UnstampedAdmin(admin) = admin;
        admin.require(Right::ScriptWrite)?;
        super::delete_script(&self.0, &admin, ScriptId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 话术详情管理 查询 说明
    ///
    /// 最新的在前，默认每页 10 条。雷达用户发送聊天消息时带上 speech_id，sendNum 加一。
    #[oai(
        path = "/zhugeleida/admin/speechDetailsManageShow",
        method = "get",
        operation_id = "admin.speechDetailsManage.list"
    )]
    async fn list_scripts(&self, admin: UnstampedAdmin, query: Params<ScriptQuery>) -> Result<Answer<ScriptPage>> {
        let (UnstampedAdmin(admin), query) = (admin, query.0);
        admin.require(Right::ScriptRead)?;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let company = admin.company_named(query.company_id)?;
        scripts(&self.0, company, query.group_search.as_deref(), query.content_words, paging).await
    }
}

#[OpenApi(tag = "Tag::StaffScript")]
impl ScriptStaffApi {
    /// 话术 - 查看话术分组
    ///
    /// 本公司的分组，最新的在前，默认每页 10 条。
    #[oai(
        path = "/zhugeleida/qiyeweixin/talkGroupManageShow",
        method = "get",
        operation_id = "qiyeweixin.talkGroupManage.list"
    )]
    async fn read_groups(&self, staff: Staff, query: Params<GroupReading>) -> Result<Answer<GroupPage>> {
        let paging = Paging::new(query.0.current_page, query.0.length, 10)?;
        groups(&self.0, staff.company, query.0.group_name, paging).await
    }

    /// 话术 - 查看话术
    ///
    /// 本公司的话术，最新的在前，默认每页 10 条。用于聊天时，在 chat/send_msg 中带上 speech_id，计入发送次数。
    #[oai(
        path = "/zhugeleida/qiyeweixin/speechDetailsManageShow",
        method = "get",
        operation_id = "qiyeweixin.speechDetailsManage.list"
    )]
    async fn read_scripts(&self, staff: Staff, query: Params<ScriptReading>) -> Result<Answer<ScriptPage>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        scripts(&self.0, staff.company, query.group_search.as_deref(), query.content_words, paging).await
    }
}

async fn groups(app: &App, company: CompanyId, name: Option<String>, paging: Paging) -> Result<Answer<GroupPage>> {
    let (groups, objs_count) = super::groups(app, company, name, paging).await?;
    let other_list = groups.into_iter().map(|group| GroupRow::of(group, &app.zone)).collect();
    Ok(Answer::new("查询成功", GroupPage { other_list, objs_count }))
}

async fn scripts(
    app: &App,
    company: CompanyId,
    group: Option<&str>,
    content: Option<String>,
    paging: Paging,
) -> Result<Answer<ScriptPage>> {
    // The literal `groupSearch` asks for scripts without a group. There are none, nor is a group called so by chance.
    let filter = ScriptFilter { group: group.map(Named::read), content };
    let (scripts, objs_count) = super::scripts(app, company, filter, paging).await?;
    let other_list = scripts.into_iter().map(|script| ScriptRow::of(script, &app.zone)).collect();
    Ok(Answer::new("查询成功", ScriptPage { other_list, objs_count }))
}

impl ScriptForm {
    fn read(self) -> Result<(String, Named)> {
        let content = self.content_words.trim().to_owned();
        if content.is_empty() {
            return Err(Error::field("contentWords", "此字段不能为空"));
        }
        Ok((content, Named::read(&self.talk_group_name)))
    }
}

impl GroupRow {
    fn of(group: Group, zone: &Zone) -> Self {
        Self {
            id: group.id.0,
            group_name: group.name,
            user_profile: group.staff_name,
            user_profile_id: group.staff.map(|staff| staff.0),
            company_name: group.company_name,
            speech_num: group.scripts,
            create_date: zone.plain(group.created_at),
        }
    }
}

impl ScriptRow {
    fn of(script: Script, zone: &Zone) -> Self {
        Self {
            id: script.id.0,
            content_words: script.content,
            send_num: script.uses,
            talk_group_name: script.group_name,
            talk_group_id: script.group.0,
            create_date: zone.plain(script.created_at),
        }
    }
}
