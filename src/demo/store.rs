//! SQL for the demo data that no request makes yet.

use rusqlite::Connection;

use crate::{
    error::Result,
    ids::{CompanyId, CustomerId, DepartmentId, GoodId, OrderId, RoleId, ScriptGroupId, StaffId, TagId},
    time::{Day, Millis},
};

/// A back-office account.
pub struct Admin<'a> {
    pub role: RoleId,
    pub login_user: &'a str,
    pub username: &'a str,
    pub position: &'a str,
}

/// A salesperson with a filled card.
pub struct Staff<'a> {
    pub userid: &'a str,
    pub username: &'a str,
    pub position: &'a str,
    pub gender: i64,
    pub phone: &'a str,
    pub wechat: &'a str,
    pub email: &'a str,
    pub signature: &'a str,
    pub avatar: &'a str,
    pub token: &'a str,
}

/// A product; without an owner it is the company's.
pub struct Product<'a> {
    pub owner: Option<StaffId>,
    pub name: &'a str,
    pub price: &'a str,
    pub reason: &'a str,
    pub content: &'a str,
    pub status: i64,
    pub rank: i64,
}

pub fn is_marked(conn: &Connection, key: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM setting WHERE key = ?1")?.exists([key])?)
}

pub fn set_address(conn: &Connection, company: CompanyId, address: &str) -> Result<()> {
    conn.execute("UPDATE company SET address = ?2 WHERE id = ?1", (company, address))?;
    Ok(())
}

/// Another company, which never expires.
pub fn insert_company(conn: &Connection, name: &str, since: Day, at: Millis) -> Result<CompanyId> {
    conn.execute(
        "INSERT INTO company (name, charging_start_day, open_length, card_quota, created_at) VALUES (?1, ?2, 3, 20, ?3)",
        (name, since, at),
    )?;
    Ok(CompanyId(conn.last_insert_rowid()))
}

/// Gives a role the rules with these `url_path`s.
pub fn grant(conn: &Connection, role: RoleId, paths: &[&str]) -> Result<()> {
    for path in paths {
        conn.prepare_cached(
            "INSERT OR IGNORE INTO admin_role_rule (role_id, rule_id) SELECT ?1, id FROM access_rule WHERE url_path = ?2",
        )?
        .execute((role, path))?;
    }
    Ok(())
}

pub fn insert_admin(
    conn: &Connection,
    company: CompanyId,
    admin: &Admin<'_>,
    hash: &str,
    token: &str,
    at: Millis,
) -> Result<()> {
    conn.execute(
        "INSERT INTO admin (company_id, role_id, login_user, password_hash, username, position, token,
                            is_reset_password, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)",
        (company, admin.role, admin.login_user, hash, admin.username, admin.position, token, at),
    )?;
    Ok(())
}

pub fn insert_department(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    work_id: i64,
    at: Millis,
) -> Result<DepartmentId> {
    conn.execute(
        "INSERT INTO department (company_id, name, work_id, created_at) VALUES (?1, ?2, ?3, ?4)",
        (company, name, work_id, at),
    )?;
    Ok(DepartmentId(conn.last_insert_rowid()))
}

pub fn insert_staff(conn: &Connection, company: CompanyId, staff: &Staff<'_>, at: Millis) -> Result<StaffId> {
    conn.execute(
        "INSERT INTO staff (company_id, userid, username, position, avatar, gender, status, phone, wechat, email,
                            card_name, card_phone, signature, token, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?3, ?7, ?10, ?11, ?12)",
        (
            company,
            staff.userid,
            staff.username,
            staff.position,
            staff.avatar,
            staff.gender,
            staff.phone,
            staff.wechat,
            staff.email,
            staff.signature,
            staff.token,
            at,
        ),
    )?;
    Ok(StaffId(conn.last_insert_rowid()))
}

pub fn join_department(conn: &Connection, staff: StaffId, department: DepartmentId) -> Result<()> {
    conn.execute("INSERT INTO staff_department (staff_id, department_id) VALUES (?1, ?2)", (staff, department))?;
    Ok(())
}

/// `kind` is 1 for a photo, 2 for the card's avatar.
pub fn insert_photo(conn: &Connection, staff: StaffId, kind: i64, url: &str, at: Millis) -> Result<()> {
    conn.execute(
        "INSERT INTO staff_photo (staff_id, kind, url, created_at) VALUES (?1, ?2, ?3, ?4)",
        (staff, kind, url, at),
    )?;
    Ok(())
}

pub fn insert_waiting(
    conn: &Connection,
    company: CompanyId,
    name: &str,
    position: &str,
    phone: &str,
    departments: &str,
    at: Millis,
) -> Result<()> {
    conn.execute(
        "INSERT INTO temp_staff (company_id, username, position, wechat, wechat_phone, card_phone, department_ids,
                                 created_at)
         VALUES (?1, ?2, ?3, ?4, ?4, ?4, ?5, ?6)",
        (company, name, position, phone, departments, at),
    )?;
    Ok(())
}

pub fn insert_product(conn: &Connection, company: CompanyId, product: &Product<'_>, at: Millis) -> Result<()> {
    conn.execute(
        "INSERT INTO product (company_id, staff_id, name, price, reason, content, status, recommend_index, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            company,
            product.owner,
            product.name,
            product.price,
            product.reason,
            product.content,
            product.status,
            product.rank,
            at,
        ),
    )?;
    Ok(())
}

pub fn insert_mall(conn: &Connection, company: CompanyId, name: &str, at: Millis) -> Result<()> {
    conn.execute("INSERT INTO mall (company_id, name, created_at) VALUES (?1, ?2, ?3)", (company, name, at))?;
    Ok(())
}

/// The tags of a group, in their order.
pub fn tags_of(conn: &Connection, group: &str) -> Result<Vec<TagId>> {
    let mut statement = conn.prepare_cached(
        "SELECT tag.id FROM tag JOIN tag AS parent ON parent.id = tag.parent_id
         WHERE parent.name = ?1 AND parent.company_id = ?2 ORDER BY tag.id",
    )?;
    let tags = statement.query_map((group, CompanyId::FIRST), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

pub fn first_staff(conn: &Connection, company: CompanyId) -> Result<StaffId> {
    Ok(conn
        .prepare_cached("SELECT id FROM staff WHERE company_id = ?1 ORDER BY id LIMIT 1")?
        .query_row([company], |row| row.get(0))?)
}

pub fn set_nickname(conn: &Connection, customer: CustomerId, nickname: &str) -> Result<()> {
    conn.prepare_cached("UPDATE customer SET nickname = ?2 WHERE id = ?1")?.execute((customer, nickname))?;
    Ok(())
}

/// The customers of the mini-program who came first and said who they are.
pub fn first_visitors(conn: &Connection, company: CompanyId, most: i64) -> Result<Vec<CustomerId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM customer WHERE company_id = ?1 AND user_type = 2 AND nickname <> '' ORDER BY id LIMIT ?2",
    )?;
    Ok(statement.query_map((company, most), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The salespeople have looked at what happened before.
pub fn mark_seen(conn: &Connection, company: CompanyId, before: Millis) -> Result<()> {
    conn.execute("UPDATE radar_log SET is_seen = 1 WHERE company_id = ?1 AND created_at < ?2", (company, before))?;
    Ok(())
}

pub fn set_role(conn: &Connection, staff: StaffId, role: RoleId) -> Result<()> {
    conn.execute("UPDATE staff SET role_id = ?2 WHERE id = ?1", (staff, role))?;
    Ok(())
}

/// A script that was sent so often.
pub fn insert_script(
    conn: &Connection,
    company: CompanyId,
    group: ScriptGroupId,
    text: &str,
    uses: i64,
    at: Millis,
) -> Result<()> {
    conn.execute(
        "INSERT INTO script (company_id, group_id, content, use_count, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (company, group, text, uses, at),
    )?;
    Ok(())
}

/// The goods of the mall in the order in which they came.
pub fn goods(conn: &Connection, company: CompanyId) -> Result<Vec<GoodId>> {
    let mut statement = conn.prepare_cached("SELECT id FROM good WHERE company_id = ?1 ORDER BY id")?;
    let goods = statement.query_map([company], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(goods)
}

/// Customers of a staff member who came by the mini-program and said who they are.
pub fn buyers(conn: &Connection, company: CompanyId, staff: StaffId, most: i64) -> Result<Vec<CustomerId>> {
    let mut statement = conn.prepare_cached(
        "SELECT customer.id FROM relation JOIN customer ON customer.id = relation.customer_id
         WHERE relation.staff_id = ?2 AND relation.company_id = ?1 AND customer.user_type = 2 AND nickname <> ''
         ORDER BY customer.id LIMIT ?3",
    )?;
    let buyers = statement.query_map((company, staff, most), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(buyers)
}

/// Gives an order a number by which the sandbox knows it, and lets nobody ask about it.
pub fn rename_order(conn: &Connection, id: OrderId, prefix: &str) -> Result<()> {
    conn.execute(
        "UPDATE mall_order SET number = ?2 || substr(number, 1, 24), check_at = NULL WHERE id = ?1",
        (id, prefix),
    )?;
    Ok(())
}
