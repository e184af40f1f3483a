// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit

/// Options that every command takes.
struct GlobalOptions: ParsableOptions {
    @Option(
        help: "read this configuration instead of the usual places; repeatable", valueName: "FILE", completion: .file)
    var config: [String] = []
    @Option(help: "how progress is shown: auto, tty, plain, json or none", environment: "OCM_PROGRESS")
    var progress = ProgressMode.auto
    @Option(help: "use colour: auto, always or never") var color = ColorChoice.auto
    @Option(help: "the folder for large temporary files", valueName: "DIR", environment: "TMPDIR", completion: .folder)
    var tempFolder: String?
    @Flag(help: "make any use of the network an error") var offline = false
    @Flag(help: "show causes of errors and a log of HTTP requests without secrets") var debug = false

    init() {}

    func terminal(_ environment: Environment) -> Terminal { Terminal.standard(environment: environment, color: color) }
}
