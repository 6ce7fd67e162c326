//! Staff, managed by staff (用户). Document 003.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Staff,
        api::trimmed,
        staff::ENABLED,
        team::{self, Member, MemberChange, NewMember, TeamFilter},
    },
    ids::{CompanyId, RoleId, StaffId},
    time::Zone,
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub struct UserApi(pub App);

/// 雷达用户
#[derive(Debug, Object, Serialize)]
struct TeamRow {
    id: i64,
    /// 企业微信成员 ID
    userid: String,
    username: String,
    role_name: String,
    role_id: i64,
    company_id: i64,
    company_name: String,
    create_date: String,
    /// 最近登录；从未登录为空
    last_login_date: String,
    /// 启用 | 未启用
    status: String,
}

#[derive(Debug, Object)]
struct TeamQuery {
    /// 用户名，模糊搜索
    username: Option<String>,
    /// 角色名，模糊搜索
    #[oai(rename = "role__name")]
    role_name: Option<String>,
    /// 公司名，模糊搜索
    #[oai(rename = "company__name")]
    company_name: Option<String>,
    /// 创建日期，如 2018-05-31；带时间时精确到秒
    create_date: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 10
    length: Option<i64>,
}

// No Debug: there is a password in it.
#[derive(Object)]
struct NewTeamMember {
    /// 企业微信成员 ID；不传时以用户名代替
    #[oai(validator(max_length = 64))]
    userid: Option<String>,
    /// 同 userid
    #[oai(validator(max_length = 64))]
    usedid: Option<String>,
    /// 用户名
    #[oai(validator(max_length = 64))]
    username: String,
    /// 雷达用户经企业微信登录，没有密码：必传，但不起作用，也不保存
    password: String,
    /// 角色 ID，不能高于自己的角色
    role_id: i64,
    /// 公司 ID；只有角色 1 可以填写其他公司
    company_id: i64,
}

#[derive(Object)]
struct TeamMemberChange {
    /// 用户名；不传表示不变
    #[oai(validator(max_length = 64))]
    username: Option<String>,
    /// 不起作用，也不保存
    password: Option<String>,
    /// 角色 ID；不传表示不变
    role_id: Option<i64>,
    /// 公司 ID；不传表示不变
    company_id: Option<i64>,
}

#[OpenApi(tag = "Tag::StaffManage")]
impl UserApi {
    /// 查询用户
    ///
    /// 最新的在前，默认每页 10 条。角色 1 可见全部公司的用户，其余只见本公司的用户。
    #[oai(path = "/zhugeleida/qiyeweixin/user", method = "get", operation_id = "qiyeweixin.user.list")]
    async fn list_team(&self, staff: Staff, query: Params<TeamQuery>) -> Result<Answer<Page<TeamRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let created = query.create_date.map(|text| {
            team::span(&self.0, &text).ok_or_else(|| Error::field("create_date", "日期格式应为 YYYY-MM-DD"))
        });
        let filter = TeamFilter {
            username: query.username,
            role_name: query.role_name,
            company_name: query.company_name,
            created: created.transpose()?,
        };
        let (members, count) = team::list(&self.0, staff.only_company(), filter, paging).await?;
        let rows = members.into_iter().map(|member| TeamRow::of(member, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 增加用户
    ///
    /// 仅角色 1 和 2。新用户随即启用，超过可开通名片数时返回 302；userid 应是企业微信中已有的成员，否则无法登录。
    #[oai(path = "/zhugeleida/qiyeweixin/user/add/:o_id", method = "post", operation_id = "qiyeweixin.user.add")]
    async fn add_member(&self, staff: Staff, o_id: Path<i64>, form: Body<NewTeamMember>) -> Result<Answer<NewId>> {
        let _ = o_id;
        let manager = staff.manager()?;
        let form = form.0;
        let username = trimmed(&form.username);
        let userid = form.userid.or(form.usedid).map_or_else(|| username.clone(), |userid| trimmed(&userid));
        let new = NewMember { userid, username, role: RoleId(form.role_id), company: CompanyId(form.company_id) };
        let id = team::add(&self.0, manager, new).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 删除用户
    ///
    /// 仅角色 1 和 2。自己返回 305，仍有客户的用户返回 304；其个人产品转为公司的已下架产品。不影响企业微信中的成员。
    #[oai(path = "/zhugeleida/qiyeweixin/user/delete/:o_id", method = "post", operation_id = "qiyeweixin.user.delete")]
    async fn delete_member(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        self.delete(staff, StaffId(o_id.0)).await
    }

    /// 删除用户
    ///
    /// 文档没有写明请求方式：GET 与 POST 相同。
    #[oai(
        path = "/zhugeleida/qiyeweixin/user/delete/:o_id",
        method = "get",
        operation_id = "qiyeweixin.user.delete.alias"
    )]
    async fn delete_member_by_get(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        self.delete(staff, StaffId(o_id.0)).await
    }

    /// 修改用户
    ///
    /// 仅角色 1 和 2。不传的字段不变；仍有客户的用户不能转到其他公司（304），不能修改自己的角色和公司（305）。
    #[oai(path = "/zhugeleida/qiyeweixin/user/update/:o_id", method = "post", operation_id = "qiyeweixin.user.update")]
    async fn update_member(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<TeamMemberChange>,
    ) -> Result<Answer<Empty>> {
        let manager = staff.manager()?;
        let change = MemberChange {
            username: form.0.username.as_deref().map(trimmed),
            role: form.0.role_id.map(RoleId),
            company: form.0.company_id.map(CompanyId),
        };
        team::update(&self.0, manager, StaffId(o_id.0), change).await?;
        Ok(Answer::done("修改成功"))
    }
}

impl UserApi {
    async fn delete(&self, staff: Staff, id: StaffId) -> Result<Answer<Empty>> {
        team::delete(&self.0, staff.manager()?, id).await?;
        Ok(Answer::done("删除成功"))
    }
}

impl TeamRow {
    fn of(member: Member, zone: &Zone) -> Self {
        Self {
            id: member.id.0,
            userid: member.userid,
            username: member.username,
            role_name: member.role_name,
            role_id: member.role.0,
            company_id: member.company.0,
            company_name: member.company_name,
            create_date: zone.iso(member.created_at),
            last_login_date: member.last_login_at.map_or_else(String::new, |at| zone.iso(at)),
            status: if member.status == ENABLED { "启用" } else { "未启用" }.to_owned(),
        }
    }
}
