//! Which operations the audit log notes, and under which name.

/// Administrative operations that change nothing, although they are POSTs.
const READS: &[&str] = &["admin/login", "admin/home_page/line_info"];
/// GETs that change something, or take much out of the house.
const DEEDS_BY_GET: &[&str] = &["delete", "create_scan_code", "export"];
/// What salespeople with rights administer too.
const STAFF_SUBJECTS: &[&str] = &["user", "role", "quanxian", "company"];
/// What administrators do under addresses of the customers' family.
const MALL_SUBJECTS: &[&str] = &["goodsClassOper", "jiChuSheZhiOper"];

/// The name of an administrative write in the audit log: `product.add` for `/zhugeleida/admin/product/add/{o_id}`.
/// `None` for everything else.
pub fn audited_action(method: &str, path: &str) -> Option<String> {
    let path = path.strip_prefix("/zhugeleida/")?;
    let (family, rest) = path.split_once('/')?;
    let words: Vec<&str> = rest
        .split('/')
        .filter(|word| !word.is_empty() && !word.starts_with('{') && word.parse::<i64>().is_err())
        .collect();
    let (subject, deed) = match words[..] {
        // The account that does it.
        [deed] if family == "admin" => ("account", deed),
        // What WeChat itself calls, and links that do nothing by themselves.
        [subject, ..] if subject.starts_with("open_weixin") => return None,
        [subject, deed] | [subject, "update", deed] => (subject, deed),
        _ => return None,
    };
    let is_administrative = match family {
        "admin" => true,
        "qiyeweixin" => STAFF_SUBJECTS.contains(&subject),
        "xiaochengxu" => MALL_SUBJECTS.contains(&subject),
        _ => false,
    };
    let is_write = if method == "POST" { !READS.contains(&path) } else { DEEDS_BY_GET.contains(&deed) };
    let (subject, deed) = match (family, subject, deed) {
        ("qiyeweixin", "company", "add") => (subject, "add_company"),
        ("qiyeweixin", "company", "update") => (subject, "update_company"),
        ("qiyeweixin", "role", _) => ("admin_role", deed),
        ("admin", "user", "update_role") => (subject, "update"),
        _ => (subject, deed),
    };
    (is_administrative && is_write).then(|| format!("{subject}.{deed}"))
}
