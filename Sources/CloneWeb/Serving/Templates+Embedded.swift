// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Templates {
    /// All templates of the pages.
    static let embedded: Templates = {
        do {
            return try Templates(files.mapValues { String(decoding: $0, as: UTF8.self) })
        } catch { preconditionFailure("a template of the program is wrong: \(error)") }
    }()

    private static let files: [String: [UInt8]] = [
        "layout": PackageResources.layout_mustache,
        "error": PackageResources.error_mustache,
        "login": PackageResources.login_mustache,
        "sheet": PackageResources.sheet_mustache,
        "form": PackageResources.form_mustache,
        "clone": PackageResources.clone_mustache,
        "job": PackageResources.job_mustache,
        "permissions": PackageResources.permissions_mustache,
        "bare-field": PackageResources.bare_field_mustache,
        "button": PackageResources.button_mustache,
        "cell": PackageResources.cell_mustache,
        "drawing": PackageResources.drawing_mustache,
        "field": PackageResources.field_mustache,
        "pager": PackageResources.pager_mustache,
        "meter": PackageResources.meter_mustache,
        "search": PackageResources.search_mustache,
        "table": PackageResources.table_mustache,
        "tabs": PackageResources.tabs_mustache,
    ]
}
