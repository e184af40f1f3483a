// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import SovereignNotes
internal import WebServer

#if NOTES_1_1
    let version = "1.1.0"
#else
    let version = "1.0.0"
#endif

// From the beginning: a signal that comes while we start ends us in order, too.
TerminationSignal.hold()
let environment = Environment.process
guard let url = environment["DATABASE_URL"], !url.isEmpty else {
    Journal.note("DATABASE_URL is not set; set it to postgres://USER:PASSWORD@HOST/DATABASE")
    endProcess(2)
}
guard let port = Int(environment["PORT"] ?? "8080"), (0...65_535).contains(port) else {
    Journal.note("PORT is no port")
    endProcess(2)
}
var settings = ServerSettings()
settings.address = environment["ADDRESS"] ?? "0.0.0.0"
settings.port = port
settings.observe = { Journal.note("\($0)") }
do {
    let service = try NotesService(databaseURL: url, version: version, log: { Journal.note($0) })
    let server = try HTTPServer(settings, router: service.router)
    Journal.note("sovereign-notes \(version) listens on \(settings.address):\(server.port)")
    let preparing = Task { try await service.prepare() }
    await Journal.untilTerminated()
    preparing.cancel()
    await server.stop()
    Journal.note("stopped")
} catch {
    let fault = Fault(wrapping: error)
    Journal.note(fault.fix.map { "\(fault); \($0)" } ?? "\(fault)")
    endProcess(fault.code == .invalid ? 2 : 1)
}
endProcess(0)
