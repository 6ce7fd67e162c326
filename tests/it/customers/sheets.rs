//! Lists as spreadsheets.

use std::io::{Cursor, Read};

use crate::support::{Reply, Server};

/// A part of the spreadsheet, unpacked.
#[track_caller]
fn part(reply: &Reply, name: &str) -> String {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "{}",
        reply.story()
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(&reply.bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

/// The rows of the first sheet: the cells as they are written, empty ones left out.
#[track_caller]
fn cells(reply: &Reply) -> Vec<Vec<String>> {
    let sheet = part(reply, "xl/worksheets/sheet1.xml");
    let between = |text: &str, from: &str, to: &str| {
        let start = text.find(from).map(|at| at + from.len())?;
        Some(text[start..start + text[start..].find(to)?].to_owned())
    };
    let rows = sheet.split("<row ").skip(1);
    rows.map(|row| {
        let cells = row.split("<c ").skip(1);
        cells.filter_map(|cell| between(cell, "<t>", "</t>").or_else(|| between(cell, "<v>", "</v>"))).collect()
    })
    .collect()
}

#[test]
fn customers_are_exported_as_they_are_listed() {
    let server = Server::demo();
    let (office, staff) = (server.admin(), server.staff("lina"));
    server.customer(&staff, "=1+1&<b>");
    let files = || {
        let entries = std::fs::read_dir(server.data()).expect("the data directory");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    let export = |query: &[(&str, &str)]| office.get("/zhugeleida/admin/customer/export", query);
    let whole = export(&[]);
    let rows = cells(&whole);
    let disposition = whole.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; ") && disposition.contains("filename*=UTF-8''%E5%AE%A2%E6%88%B7"),
        "{disposition}"
    );
    assert_eq!(whole.header("content-length"), whole.bytes.len().to_string());
    assert_eq!(rows[0][..3], ["客户 ID", "客户名称", "备注名"]);
    let list = office.get("/zhugeleida/admin/customer", &[("length", "100")]);
    let listed = list.ok()["ret_data"].as_array().expect("rows");
    assert_eq!(rows.len(), listed.len() + 1);
    for (row, listed) in rows[1..].iter().zip(listed) {
        assert_eq!(row[0], listed["customer_id"].to_string());
    }
    // What begins like a formula is a text, letters of XML are letters.
    assert!(rows[1].iter().any(|cell| cell == "=1+1&amp;&lt;b&gt;"), "{:?}", rows[1]);
    assert!(!part(&whole, "xl/worksheets/sheet1.xml").contains("<f>"));
    assert_eq!(files(), before, "nothing is left behind");

    let some = export(&[("source", "2"), ("order", "nonsense")]);
    let count = server.select("SELECT count(*) FROM relation WHERE company_id = 1 AND source = 2").as_u64();
    assert_eq!(cells(&some).len() as u64, count.expect("a number") + 1);
    assert_eq!(cells(&export(&[("search", "没有这个人")])).len(), 1, "nothing but the titles");
    export(&[("source", "9")]).refused(301);
    assert_eq!(
        server.select("SELECT detail FROM audit_log WHERE action = 'customer.export' ORDER BY id LIMIT 1"),
        "全部"
    );
}

#[test]
fn sign_ups_are_exported() {
    let server = Server::demo();
    let office = server.admin();
    let activity = server.select("SELECT activity_id FROM sign_up ORDER BY id LIMIT 1");
    let export = office.get(&format!("/zhugeleida/admin/plugin_report/export/{activity}"), &[]);
    let rows = cells(&export);
    assert_eq!(rows[0], ["姓名", "手机", "报名时间", "留言", "雷达用户"]);
    let count = server.select(&format!("SELECT sign_up_count FROM activity WHERE id = {activity}"));
    assert_eq!(Some(rows.len() as u64 - 1), count.as_u64());
    let first =
        server.select(&format!("SELECT phone FROM sign_up WHERE activity_id = {activity} ORDER BY created_at, id"));
    assert!(rows[1].iter().any(|cell| *cell == first), "{:?}", rows[1]);
    office.get("/zhugeleida/admin/plugin_report/export/987654321", &[]).refused(302);
}
