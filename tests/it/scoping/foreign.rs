//! The tables: `<product>` is the other company's, `<own product>` the caller's.

use super::Who::{self, Customer, Office, Staff};

/// Every list, and what it is asked with.
pub const LISTS: &[(Who, &str, &str)] = &[
    (Office, "admin/company", "length=100"),
    (Office, "admin/department", "length=100"),
    (Office, "admin/admin_userprofile", "length=100"),
    (Office, "admin/user", "length=100"),
    (Office, "admin/user", "length=100&type=temp_user"),
    (Office, "admin/product/product_list", "product_type=1&length=100"),
    (Office, "admin/product/product_list", "product_type=2&length=100"),
    (Office, "admin/product/product_list", "product_type=1&company_id=<own company>"),
    (Office, "admin/home_page", ""),
    (Staff, "qiyeweixin/action/get_new_log", ""),
    (Staff, "qiyeweixin/action/time", "length=100"),
    (Staff, "qiyeweixin/action/customer", "length=100"),
    (Staff, "qiyeweixin/contact", "length=100"),
    (Staff, "qiyeweixin/tongxunlu", "length=100"),
    (Office, "admin/mallManagement", "length=100"),
    (Office, "xiaochengxu/goodsClassShow", ""),
    (Customer, "xiaochengxu/goodsClassShow", ""),
    (Customer, "xiaochengxu/mallManage", "uid=<own staff>&length=100"),
    (Customer, "xiaochengxu/mingpian/create_poster", "uid=<own staff>"),
    (Customer, "xiaochengxu/mingpian/all", ""),
    (Customer, "xiaochengxu/mingpian", "uid=<own staff>"),
    (Customer, "xiaochengxu/product/product_list", "uid=<own staff>&length=100"),
    (Customer, "xiaochengxu/chat", "u_id=<own staff>"),
];

/// Every call that names something, with the other company's, and the code that says there is no such thing.
pub const FOREIGN: &[(Who, &str, &str, i64)] = &[
    (Office, "admin/company/author_status", "company_id=<company>", 400),
    (Office, "POST admin/company/update_tongxunlu/<company>", "corp_id=ww5a1d6e0f27c3b984&tongxunlu_secret=x", 302),
    (Office, "POST admin/company/update_agent/<company>", "app_type=1&agent_id=1000002&app_secret=x", 302),
    (Office, "POST admin/user/sync_user_tongxunlu/<company>", "", 302),
    (Office, "POST admin/department/update/<department>", "name=改名部", 302),
    (Office, "POST admin/department/delete/<department>", "", 302),
    (Office, "POST admin/department/add/0", "name=新部门&parentid=<department>", 302),
    (Office, "POST admin/admin_userprofile/update/<account>", ACCOUNT, 302),
    (Office, "POST admin/admin_userprofile/delete/<account>", "", 302),
    (Office, "POST admin/admin_userprofile/update_status/<account>", "status=2", 302),
    (Office, "POST admin/admin_userprofile/add/0", FOREIGN_ACCOUNT, 301),
    (Office, "POST admin/admin_userprofile/update/<own account>", FOREIGN_ACCOUNT, 301),
    (Office, "POST admin/user/update_status/<staff>", "status=2", 302),
    (Office, "POST admin/user/create_small_program_qr_code/0", "user_id=<staff>", 302),
    (Office, "POST admin/user/update/<applicant>", "type=temp_user&position=经理", 302),
    (Office, "POST admin/user/delete/<applicant>", "", 302),
    (Office, "POST admin/user/approval_storage_user_info/0", "user_id_list=[<applicant>]", 301),
    (Office, "POST admin/user/scan_code_to_add_user/0", FOREIGN_DEPARTMENT, 302),
    (Office, "admin/product/product_list", "product_type=1&company_id=<company>", 302),
    (Office, "admin/product/product_single", "product_type=1&product_id=<product>", 302),
    (Office, "admin/product/product_single", "product_type=2&product_id=<staff_product>", 302),
    (Office, "POST admin/product/update/<product>", PRODUCT, 302),
    (Office, "POST admin/product/delete/<product>", "", 302),
    (Office, "POST admin/product/delete/<staff_product>", "", 302),
    (Office, "POST admin/product/change_status/<product>", "status=2", 302),
    (Office, "POST admin/product/recommend_index/<product>", "index=5", 302),
    (Office, "POST admin/product/add/0", FOREIGN_PRODUCT, 302),
    (
        Office,
        "POST xiaochengxu/goodsClassOper/add/0",
        "classificationName=新分类&goodsNum=0&parentClassification=<class>",
        301,
    ),
    (Office, "POST xiaochengxu/goodsClassOper/update/<class>", "classificationName=改名&goodsNum=0", 302),
    (
        Office,
        "POST xiaochengxu/goodsClassOper/update/<own class>",
        "classificationName=改名&goodsNum=0&parentClassification=<class>",
        301,
    ),
    (Office, "POST xiaochengxu/goodsClassOper/delete/<class>", "", 302),
    (Office, "xiaochengxu/goodsClassShow", "singleUser=<class>", 302),
    (Office, "POST admin/mallManagement/add/0", FOREIGN_GOOD, 301),
    (Office, "POST admin/mallManagement/update/<good>", GOOD, 302),
    (Office, "POST admin/mallManagement/update/<own good>", FOREIGN_GOOD, 301),
    (Office, "POST admin/mallManagement/delete/<good>", "", 302),
    (Customer, "xiaochengxu/goodsClassShow", "singleUser=<class>", 302),
    (Customer, "xiaochengxu/mallManage", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mallManage/single", "uid=<own staff>&goods_id=<good>", 302),
    (Customer, "xiaochengxu/mallManage/single", "uid=<staff>&goods_id=<own good>", 302),
    (Customer, "xiaochengxu/mallManage/forward_product", "uid=<own staff>&goods_id=<good>", 302),
    (Customer, "xiaochengxu/mallManage/consult_product", "uid=<staff>&goods_id=<own good>", 302),
    (Customer, "xiaochengxu/mingpian/create_poster", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/save_poster", "uid=<staff>", 302),
    (Staff, "qiyeweixin/customer", "customer_id=<customer>", 302),
    (Staff, "qiyeweixin/chat", "customer_id=<customer>", 302),
    (Staff, "qiyeweixin/chat/getmsg/0", "customer_id=<customer>", 302),
    (Staff, "POST qiyeweixin/chat/send_msg/0", "customer_id=<customer>&msg=您好", 302),
    (Customer, "xiaochengxu/login/binding", "uid=<staff>&user_type=2&source=1", 301),
    (Customer, "xiaochengxu/mingpian", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/calling", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/save_phone", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/save_wechat", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/forward", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/praise", "uid=<staff>", 302),
    (Customer, "xiaochengxu/mingpian/up_sign", "uid=<staff>", 302),
    (Customer, "xiaochengxu/product/product_list", "uid=<staff>", 302),
    (Customer, "xiaochengxu/product/product_single", "uid=<staff>&product_id=<own product>", 302),
    (Customer, "xiaochengxu/product/product_single", "uid=<own staff>&product_id=<product>", 302),
    (Customer, "xiaochengxu/product/forward_product", "uid=<own staff>&product_id=<product>", 302),
    (Customer, "xiaochengxu/mallManage/forward_product", "uid=<staff>&product_id=<own product>", 302),
    (Customer, "xiaochengxu/product/consult_product", "uid=<own staff>&product_id=<product>", 302),
    (Customer, "xiaochengxu/mallManage/consult_product", "uid=<staff>&product_id=<own product>", 302),
    (Customer, "xiaochengxu/chat", "u_id=<staff>", 302),
    (Customer, "xiaochengxu/chat/getmsg/0", "u_id=<staff>", 302),
    (Customer, "xiaochengxu/chat/query_num/0", "u_id=<staff>", 302),
    (Customer, "POST xiaochengxu/chat/send_msg/0", "u_id=<staff>&msg=您好", 302),
    (Customer, "POST xiaochengxu/chat/encrypted_phone_number/0", "u_id=<staff>&encryptedData=eA==&iv=eA==", 302),
    // The shared addresses of the chat, signed by a customer.
    (Customer, "qiyeweixin/chat", "u_id=<staff>", 302),
    (Customer, "xiaochengxu/chat", "u_id=<own staff>&customer_id=<customer>", 302),
];

const ACCOUNT: &str = "login_user=fremd&role_id=3&company_id=<own company>";
const FOREIGN_ACCOUNT: &str = "login_user=fremd&password=Fremd2026&role_id=3&company_id=<company>";
const FOREIGN_DEPARTMENT: &str = "username=新人&position=销售顾问&wechat=wx&wechat_phone=13900000001\
     &mingpian_phone=13900000001&department_id=[<department>]";
const PRODUCT: &str = r#"name=改名&price=1&reason=无&content={"cover_data": [], "article_data": []}"#;
const GOOD: &str = "goodsName=改名商品&goodsPrice=1&goodsInventory=1";
const FOREIGN_GOOD: &str = "goodsName=他人分类的商品&goodsPrice=1&goodsInventory=1&parentClassification=<class>";
const FOREIGN_PRODUCT: &str = "name=个人产品&price=1&reason=无&product_type=2&u_id=<staff>";

/// What the back office does beside, for trying who may.
pub const ADMIN_CALLS: &[(&str, &str)] = &[
    ("admin/home_page/acount_data", ""),
    ("POST admin/home_page/line_info", "days=7&index_type=1"),
    ("admin/admin_role", ""),
    ("POST admin/admin_role/add/0", "name=新角色&rules_list=[1]"),
    ("POST admin/admin_role/update/3", "name=改名角色&rules_list=[1]"),
    ("POST admin/admin_role/delete/3", ""),
    ("admin/access_rules", ""),
    ("POST admin/access_rules/add/0", "name=规则&url_path=guize"),
    ("POST admin/access_rules/delete/1", ""),
    ("admin/user/create_scan_code/0", ""),
    ("POST xiaochengxu/jiChuSheZhiOper/addOrUpdate", "shangChengName=商城"),
    (
        "POST admin/company/add_company/0",
        "name=新公司&charging_start_time=2026-01-31&open_length_time=5&mingpian_available_num=1",
    ),
];
