layout-product = Ondo
layout-tagline = Know how warm your leads are
layout-skip = Skip to content
layout-navigation = Main menu
layout-quick-navigation = Most used
layout-home = Home
layout-dashboard = Dashboard
layout-hot-leads = Hot leads
layout-leads = Leads
layout-tasks = Tasks
layout-notifications = Notifications
layout-import = Import
layout-templates = Templates
layout-campaigns = Campaigns
layout-broadcasts = Broadcasts
layout-settings = Settings
layout-account = Your account
layout-sign-out = Sign out
layout-theme = Switch between light and dark
layout-language = Language
layout-language-ja = 日本語
layout-language-en = English
layout-mailbox = Mailbox of the demo
layout-user-menu = Menu of { $name }
layout-role-admin = Administrator
layout-role-marketer = Marketing
layout-role-sales = Sales
layout-role-viewer = Viewer
layout-ago-now = just now
layout-ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
layout-ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
layout-ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
layout-band-hot = Hot
layout-band-warm = Warm
layout-band-cold = Cold
layout-pages = Pages
layout-page-previous = Previous
layout-page-next = Next
layout-page-of = Page { $page } of { $pages }
layout-page-range = { $from }–{ $to } of { $total }
layout-search = Search
layout-filter = Filter
layout-machines = Machines: { $count }
layout-machines-help = Scanners, prefetching and the like, not people. They are not in the number above, nor in any rate or score. The timeline of each lead says why.
layout-filter-clear = Clear filters
layout-save = Save
layout-cancel = Cancel
layout-delete = Delete
layout-required = required
layout-optional = optional
layout-never = Never
layout-copy = Copy
layout-close = Close
layout-fix-fields = Please check what you entered.
layout-halted-staff = All sending is stopped. No mail goes out until it is resumed.
layout-halted-restore = All sending is stopped because the database was restored from a backup. Have a look, then resume.
layout-halted-open = Open the sending rules
