import type { Component } from 'vue'
import { MANAGER, session, SUPER } from './session.ts'

/** One screen: its address, its place in the menu, and who may see it. */
export interface Screen {
  path: string
  title: string
  /** The rule (`url_path`) that shows it; none: everybody who is logged in. */
  right?: string
  /** Shown to these roles only. */
  roles?: number[]
  /** Reached from another screen, not from the menu; that screen's path, which stays marked. */
  below?: string
  load: () => Promise<Component>
}

/** A part of the menu. */
export interface ScreenGroup {
  title: string
  icon: string
  screens: Screen[]
}

/** Every screen there is: routes, menu and page titles are made of this table. */
export const GROUPS: ScreenGroup[] = [
  {
    title: '工作台',
    icon: 'home',
    screens: [{ path: '/home', title: '首页', right: 'shouye/tongji', load: () => import('@/screens/home/HomeScreen.vue') }],
  },
  {
    title: '客户',
    icon: 'customers',
    screens: [
      { path: '/customers', title: '客户列表', right: 'kehu/chakan', load: () => import('@/screens/customers/CustomerList.vue') },
      { path: '/customers/:id(\\d+)', title: '客户详情', right: 'kehu/chakan', below: '/customers', load: () => import('@/screens/customers/CustomerProfile.vue') },
      { path: '/customer-tags', title: '客户标签', right: 'kehu/chakan', load: () => import('@/screens/customers/CustomerTags.vue') },
      { path: '/radar', title: '雷达日志', right: 'leida/chakan', load: () => import('@/screens/radar/RadarLog.vue') },
      { path: '/chats', title: '聊天记录', right: 'liaotian/chakan', load: () => import('@/screens/chats/ChatReader.vue') },
    ],
  },
  {
    title: '内容',
    icon: 'content',
    screens: [
      { path: '/articles', title: '文章', right: 'wenzhang/chakan', load: () => import('@/screens/articles/ArticleList.vue') },
      { path: '/articles/new', title: '写文章', right: 'wenzhang/xiugai', below: '/articles', load: () => import('@/screens/articles/ArticleEditor.vue') },
      { path: '/articles/:id(\\d+)/edit', title: '编辑文章', right: 'wenzhang/xiugai', below: '/articles', load: () => import('@/screens/articles/ArticleEditor.vue') },
      { path: '/articles/:id(\\d+)', title: '文章传播', right: 'wenzhang/chakan', below: '/articles', load: () => import('@/screens/articles/ArticleSpread.vue') },
      { path: '/article-tags', title: '文章标签', right: 'wenzhang/chakan', load: () => import('@/screens/articles/ArticleTags.vue') },
      { path: '/article-comments', title: '文章评论', right: 'wenzhang/chakan', load: () => import('@/screens/articles/ArticleComments.vue') },
      { path: '/plugins/cards', title: '名片插件', right: 'chajian/chakan', load: () => import('@/screens/plugins/CardPlugins.vue') },
      { path: '/plugins/activities', title: '报名活动', right: 'chajian/chakan', load: () => import('@/screens/plugins/Activities.vue') },
      { path: '/plugins/goods', title: '商品插件', right: 'chajian/chakan', load: () => import('@/screens/plugins/GoodsPlugins.vue') },
      { path: '/scripts', title: '话术库', right: 'huashu/chakan', load: () => import('@/screens/scripts/ScriptLibrary.vue') },
    ],
  },
  {
    title: '案例与日记',
    icon: 'cases',
    screens: [
      { path: '/cases', title: '案例', right: 'anli/chakan', load: () => import('@/screens/cases/CaseList.vue') },
      { path: '/diaries', title: '日记', right: 'anli/chakan', load: () => import('@/screens/cases/DiaryList.vue') },
      { path: '/diary-comments', title: '日记评论', right: 'anli/chakan', load: () => import('@/screens/cases/DiaryComments.vue') },
      { path: '/case-tags', title: '案例标签', right: 'anli/chakan', load: () => import('@/screens/cases/CaseTags.vue') },
    ],
  },
  {
    title: '产品与商城',
    icon: 'shop',
    screens: [
      { path: '/products', title: '产品', right: 'chanpin/chakan', load: () => import('@/screens/products/ProductList.vue') },
      { path: '/goods', title: '商城商品', right: 'shangcheng/chakan', load: () => import('@/screens/mall/GoodsList.vue') },
      { path: '/goods-classes', title: '商品分类', right: 'shangcheng/chakan', load: () => import('@/screens/mall/GoodsClasses.vue') },
      { path: '/orders', title: '订单', right: 'dingdan/chakan', load: () => import('@/screens/mall/OrderList.vue') },
      { path: '/mall-settings', title: '商城设置', right: 'shangcheng/shezhi', load: () => import('@/screens/mall/MallSettings.vue') },
    ],
  },
  {
    title: '官网',
    icon: 'website',
    screens: [
      { path: '/website', title: '官网编辑', right: 'guanwang/chakan', load: () => import('@/screens/website/WebsiteEditor.vue') },
      { path: '/website-templates', title: '官网模板', right: 'guanwang/chakan', load: () => import('@/screens/website/WebsiteTemplates.vue') },
    ],
  },
  {
    title: '团队',
    icon: 'team',
    screens: [
      { path: '/staff', title: '员工', right: 'yonghu/chakan', load: () => import('@/screens/team/StaffList.vue') },
      { path: '/waiting', title: '待审核员工', right: 'yonghu/chakan', load: () => import('@/screens/team/WaitingStaff.vue') },
      { path: '/departments', title: '部门', right: 'yonghu/chakan', load: () => import('@/screens/team/DepartmentList.vue') },
      { path: '/feedback', title: '意见反馈', roles: [SUPER], load: () => import('@/screens/products/FeedbackList.vue') },
    ],
  },
  {
    title: '微信',
    icon: 'weixin',
    screens: [
      { path: '/mini-program', title: '小程序授权', right: 'shouquan/chakan', load: () => import('@/screens/weixin/MiniProgramGrant.vue') },
      { path: '/official-account', title: '公众号授权', right: 'shouquan/chakan', load: () => import('@/screens/weixin/OfficialAccountGrant.vue') },
      { path: '/release', title: '小程序发布', right: 'fabu/chakan', load: () => import('@/screens/weixin/CodeRelease.vue') },
      { path: '/outbox', title: '消息队列', right: 'xiaoxi/chakan', load: () => import('@/screens/system/OutboxList.vue') },
    ],
  },
  {
    title: '系统',
    icon: 'system',
    screens: [
      { path: '/companies', title: '公司', right: 'gongsi/chakan', load: () => import('@/screens/companies/CompanyList.vue') },
      { path: '/companies/:id(\\d+)', title: '企业微信与连接检测', right: 'gongsi/chakan', below: '/companies', load: () => import('@/screens/companies/CompanyConnections.vue') },
      { path: '/administrators', title: '管理员', right: 'guanliyuan/chakan', load: () => import('@/screens/access/AdministratorList.vue') },
      { path: '/roles', title: '角色', right: 'juese/chakan', load: () => import('@/screens/access/RoleList.vue') },
      { path: '/access-rules', title: '权限条目', roles: [SUPER], load: () => import('@/screens/access/AccessRuleList.vue') },
      { path: '/settings', title: '设置', roles: [SUPER], load: () => import('@/screens/system/SettingsScreen.vue') },
      { path: '/audit-log', title: '操作日志', right: 'rizhi/chakan', load: () => import('@/screens/system/AuditLog.vue') },
      { path: '/about', title: '关于', load: () => import('@/screens/system/AboutScreen.vue') },
    ],
  },
]

/** Whether whoever is logged in may see a screen. */
export function isVisible(screen: Screen): boolean {
  return session.may(screen.right) && (screen.roles === undefined || session.is(...screen.roles))
}

/** Role 1 and 2 of the document. */
export const OFFICE_ROLES = [SUPER, MANAGER]
