// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// A real web server (nginx) that keeps what is put there, on a free loopback port, for as long as this object lives.
///
/// What stands below `private/` is only for the user; all else may be read and written by everybody.
public final class FileServer: Sendable {
    /// The name and password for `private/`.
    public static let user = "carrier"
    public static let password = "swordfish"
    private static let program = ServerProgram.find("nginx")
    private static let htpasswd = ServerProgram.find("htpasswd")
    /// Whether the programs are installed.
    public static let isInstalled = program != nil && htpasswd != nil
    /// Why tests of it are skipped.
    public static let missing = "nginx or htpasswd (apache2-utils) is not installed"

    public let port: Int
    /// Where it keeps its files (`files`) and its logs.
    public let folder: TemporaryFolder
    private let server: ServerProgram

    /// Starts it and waits until it answers.
    public init() async throws {
        (port, folder) = (try ServerProgram.freePort(), try TemporaryFolder(prefix: "files"))
        let path = folder.path
        try FileSystem.makeFolder("\(path)/files")
        let made = try await ChildProcess.run([Self.htpasswd ?? "htpasswd", "-bnm", Self.user, Self.password])
        try FileSystem.write(made.stdout, to: "\(path)/htpasswd")
        // As root it would answer as another user, who may not write here.
        let settings = """
            daemon off; worker_processes 1; pid \(path)/pid; error_log \(path)/error.log; \(Self.userLine)
            events { worker_connections 64; }
            http {
              access_log \(path)/access.log;
              client_body_temp_path \(path)/body; proxy_temp_path \(path)/proxy; fastcgi_temp_path \(path)/fastcgi;
              uwsgi_temp_path \(path)/uwsgi; scgi_temp_path \(path)/scgi;
              client_max_body_size 0;
              server {
                listen 127.0.0.1:\(port);
                root \(path)/files;
                dav_methods PUT DELETE;
                create_full_put_path on;
                dav_access user:rw group:r all:r;
                location /private/ { auth_basic test; auth_basic_user_file \(path)/htpasswd; }
              }
            }
            """
        try FileSystem.write(Array(settings.utf8), to: "\(path)/nginx.conf")
        server = try ServerProgram(
            [Self.program ?? "nginx", "-e", "\(path)/error.log", "-p", path, "-c", "\(path)/nginx.conf"],
            log: "\(path)/log")
        try await server.waitUntilListening(on: port)
    }

    /// `http://host:port`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// What is kept at a path; nil when there is nothing.
    public func file(_ path: String) -> [UInt8]? {
        try? FileSystem.read("\(folder.path)/files/\(path)", limit: 1 << 28)
    }

    private static var userLine: String { getuid() == 0 ? "user root;" : "" }
}
