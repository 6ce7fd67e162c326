//! Staff (雷达用户) in the back office. Document 002, sections 1.3, 1.4, 5.6, 5.7 and 5.9.3.

use poem_openapi::{Object, OpenApi, Union, param::Path, payload::Json};
use serde::Serialize;

use crate::{
    app::App,
    error::{Error, Result},
    identity::{
        Admin, Right, contacts_sync, qr_codes,
        staff::{self, ENABLED, PeopleFilter, StaffMember, Surroundings},
        team::{self, MemberChange},
        waiting::{self, Applicant},
    },
    ids::{CompanyId, DepartmentId, RoleId, StaffId},
    time::Zone,
    web::{Answer, Body, Empty, Paging, Params, Tag},
};

pub struct StaffApi(pub App);

#[derive(Debug, Object)]
struct StaffFilter {
    /// 1 启用，2 未启用
    status: Option<i64>,
    /// 部门 ID
    department: Option<i64>,
    /// 职位，模糊搜索
    position: Option<String>,
    /// 姓名，模糊搜索
    username: Option<String>,
    /// temp_user 表示待审核的临时用户
    #[oai(rename = "type")]
    kind: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

/// 部门
#[derive(Debug, Clone, Object, Serialize)]
struct StaffDepartment {
    id: i64,
    name: String,
}

/// 雷达用户
#[derive(Debug, Object, Serialize)]
struct StaffRow {
    id: i64,
    /// 企业微信成员 ID
    userid: String,
    username: String,
    create_date: String,
    /// 最近登录；从未登录为空
    last_login_date: String,
    position: String,
    /// 名片显示的手机
    mingpian_phone: String,
    /// 微信绑定的手机
    phone: String,
    /// 启用 | 未启用
    status: String,
    avatar: String,
    /// 小程序二维码；尚未生成为空
    qr_code: String,
    company: String,
    company_id: i64,
    /// 部门名称，以逗号分隔
    department: String,
    department_id: Vec<i64>,
    /// 1 男，2 女
    gender: i64,
    /// 已从企业微信离职（见同步通讯录）
    is_departed: bool,
}

/// 雷达用户列表
#[derive(Debug, Object, Serialize)]
struct StaffPage {
    ret_data: Vec<StaffRow>,
    /// 可开通名片数
    mingpian_available_num: i64,
    data_count: i64,
    /// 公司的全部部门
    department_list: Vec<StaffDepartment>,
}

/// 待审核的临时用户
#[derive(Debug, Object, Serialize)]
struct WaitingRow {
    temp_user_id: i64,
    username: String,
    create_date: String,
    position: String,
    /// 微信号
    wechat: String,
    /// 名片显示的手机
    mingpian_phone: String,
    /// 微信绑定的手机
    wechat_phone: String,
    company: String,
    company_id: i64,
    /// 部门名称，以逗号分隔
    department: String,
    department_id: Vec<i64>,
}

/// 临时用户列表
#[derive(Debug, Object, Serialize)]
struct WaitingPage {
    ret_data: Vec<WaitingRow>,
    data_count: i64,
    /// 公司的全部部门
    department_list: Vec<StaffDepartment>,
}

#[derive(Debug, Union)]
enum StaffListData {
    Staff(StaffPage),
    Waiting(WaitingPage),
}

/// 用户列表；type=temp_user 时 department_list 同时在最外层
#[derive(Debug, Object)]
struct StaffListAnswer {
    code: i64,
    msg: String,
    data: StaffListData,
    #[oai(skip_serializing_if_is_none)]
    department_list: Option<Vec<StaffDepartment>>,
}

/// 同步结果
#[derive(Debug, Object, Serialize)]
struct SyncOutcome {
    /// 新成员数
    new_num: i64,
    /// 此次发现的离职成员数
    departed_num: i64,
}

#[derive(Debug, Object)]
struct StaffStatusForm {
    /// 1 启用，2 未启用
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: i64,
}

#[derive(Debug, Object)]
struct StaffRoleForm {
    /// 角色 ID
    role_id: i64,
}

#[derive(Debug, Object)]
struct StaffChoice {
    /// 雷达用户 ID
    user_id: i64,
}

/// 二维码
#[derive(Debug, Object, Serialize)]
struct StaffCode {
    qr_code: String,
}

#[OpenApi(tag = "Tag::AdminStaff")]
impl StaffApi {
    /// 后台管理 - 用户 - 展示企业（雷达）用户
    ///
    /// 只展示本公司的用户，最新的在前，缺省每页 10 条。type=temp_user 时展示待审核的临时用户。
    #[oai(path = "/zhugeleida/admin/user", method = "get", operation_id = "admin.user.list")]
    async fn list_staff(&self, admin: Admin, filter: Params<StaffFilter>) -> Result<Json<StaffListAnswer>> {
        admin.require(Right::StaffRead)?;
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 10)?;
        let waits = waits(filter.kind.as_deref())?;
        let people = PeopleFilter {
            username: filter.username,
            position: filter.position,
            department: filter.department.map(DepartmentId),
            status: filter.status,
        };
        let (data, department_list) = if waits {
            let (applicants, count, around) = waiting::list(&self.0, &admin, people, paging).await?;
            let page = WaitingPage::new(applicants, count, &around, admin.company, &self.0.zone);
            let departments = page.department_list.clone();
            (StaffListData::Waiting(page), Some(departments))
        } else {
            let (members, count, around) = staff::list(&self.0, &admin, people, paging).await?;
            (StaffListData::Staff(StaffPage::new(members, count, &around, admin.company, &self.0.zone)), None)
        };
        Ok(Json(StaffListAnswer { code: 200, msg: "查询成功".to_owned(), data, department_list }))
    }

    /// 用户状态启用和未启用
    ///
    /// 启用超过可开通名片数时返回 302。停用后原有登录与连接立即失效。
    #[oai(
        path = "/zhugeleida/admin/user/update_status/:o_id",
        method = "post",
        operation_id = "admin.user.update_status"
    )]
    async fn update_staff_status(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<StaffStatusForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::StaffWrite)?;
        staff::set_status(&self.0, &admin, StaffId(o_id.0), form.0.status).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 用户 - 修改雷达用户的角色
    ///
    /// 角色 1 和 2 的雷达用户可在企业微信一侧管理本公司的用户、角色与权限，其余只能查看。不能授予高于自己的角色。
    #[oai(path = "/zhugeleida/admin/user/update_role/:o_id", method = "post", operation_id = "admin.user.update_role")]
    async fn update_staff_role(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<StaffRoleForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::StaffWrite)?;
        let change = MemberChange { role: Some(RoleId(form.0.role_id)), ..MemberChange::default() };
        team::update(&self.0, &admin, StaffId(o_id.0), change).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理  - 用户 - 手动生成企业用户的小程序二维码
    ///
    /// 请求体中的 user_id 是选中的雷达用户；小程序尚未配置时返回 400。
    #[oai(
        path = "/zhugeleida/admin/user/create_small_program_qr_code/:o_id",
        method = "post",
        operation_id = "admin.user.create_small_program_qr_code"
    )]
    async fn create_staff_code(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<StaffChoice>,
    ) -> Result<Answer<StaffCode>> {
        let _ = o_id;
        admin.require(Right::StaffWrite)?;
        let qr_code = qr_codes::make(&self.0, admin.company, StaffId(form.0.user_id), Some(admin.author())).await?;
        Ok(Answer::new("生成用户二维码成功", StaffCode { qr_code }))
    }

    /// 后台管理  - 用户 - 手动同步企业通讯录用户
    ///
    /// 同步部门与成员：新成员为未启用状态，已有成员刷新姓名、职位、手机；已不在企业微信中的成员视为离职，立即停用，其客户可以移交给同事。通讯录尚未配置时返回 400。
    #[oai(
        path = "/zhugeleida/admin/user/sync_user_tongxunlu/:o_id",
        method = "post",
        operation_id = "admin.user.sync_user_tongxunlu"
    )]
    async fn sync_contacts(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<SyncOutcome>> {
        admin.require(Right::StaffSync)?;
        let synced = contacts_sync::sync(&self.0, &admin, o_id.0).await?;
        Ok(Answer::new("同步成功", SyncOutcome { new_num: synced.new, departed_num: synced.departed }))
    }
}

/// Whether `type` asks for those who wait.
fn waits(kind: Option<&str>) -> Result<bool> {
    match kind {
        None => Ok(false),
        Some("temp_user") => Ok(true),
        Some(_) => Err(Error::Form("用户类型应为 temp_user".into())),
    }
}

fn departments(around: &Surroundings) -> Vec<StaffDepartment> {
    around.departments.iter().map(|(id, name)| StaffDepartment { id: id.0, name: name.clone() }).collect()
}

impl StaffPage {
    fn new(members: Vec<StaffMember>, data_count: i64, around: &Surroundings, company: CompanyId, zone: &Zone) -> Self {
        let row = |member: StaffMember| StaffRow {
            id: member.id.0,
            userid: member.userid,
            username: member.username,
            create_date: zone.iso(member.created_at),
            last_login_date: member.last_login_at.map_or_else(String::new, |at| zone.iso(at)),
            position: member.position,
            mingpian_phone: member.card_phone,
            phone: member.phone,
            status: if member.status == ENABLED { "启用" } else { "未启用" }.to_owned(),
            avatar: member.avatar,
            qr_code: member.qr_code,
            company: around.company_name.clone(),
            company_id: company.0,
            department: member.departments,
            department_id: member.department_ids,
            gender: member.gender,
            is_departed: member.is_departed,
        };
        Self {
            ret_data: members.into_iter().map(row).collect(),
            mingpian_available_num: around.card_quota,
            data_count,
            department_list: departments(around),
        }
    }
}

impl WaitingPage {
    fn new(
        applicants: Vec<Applicant>,
        data_count: i64,
        around: &Surroundings,
        company: CompanyId,
        zone: &Zone,
    ) -> Self {
        let row = |applicant: Applicant| WaitingRow {
            temp_user_id: applicant.id.0,
            username: applicant.form.username,
            create_date: zone.iso(applicant.created_at),
            position: applicant.form.position,
            wechat: applicant.form.wechat,
            mingpian_phone: applicant.form.card_phone,
            wechat_phone: applicant.form.wechat_phone,
            company: around.company_name.clone(),
            company_id: company.0,
            department: applicant.departments,
            department_id: applicant.form.department_ids,
        };
        Self { ret_data: applicants.into_iter().map(row).collect(), data_count, department_list: departments(around) }
    }
}
