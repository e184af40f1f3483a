// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Maven itself (Debian's `maven`), as those who use an artifact run it; it takes its plug-ins from Debian's packages.
public enum MavenProgram {
    private static let program = ServerProgram.find("mvn")
    private static let plugins = "/usr/share/maven-repo"
    private static let plugin: String? = {
        let folder = "\(plugins)/org/apache/maven/plugins/maven-dependency-plugin"
        let versions = ((try? FileSystem.names(in: folder)) ?? []).compactMap { SemanticVersion($0) }
        return versions.max().map { "org.apache.maven.plugins:maven-dependency-plugin:\($0)" }
    }()
    /// Whether it and what it needs to fetch an artifact are installed.
    public static let isInstalled =
        program != nil && plugin != nil && FileSystem.exists("\(plugins)/junit/junit/4.x/junit-4.x.jar")
    /// Why tests of it are skipped.
    public static let missing =
        "maven, libmaven-dependency-plugin-java or junit4 is not installed (scripts/setup --optional)"

    /// `mvn dependency:get` from one repository into an empty one of its own.
    ///
    /// - Parameter artifact: `group:artifact:version:extension`.
    /// - Returns: the file, and all that Maven said.
    public static func get(
        _ artifact: String, from url: String, in folder: TemporaryFolder
    ) async throws -> (file: [UInt8], said: String) {
        let settings = """
            <settings>
              <localRepository>\(folder.path)/local</localRepository>
              <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file://\(plugins)</url></mirror></mirrors>
            </settings>
            """
        try FileSystem.write(Array(settings.utf8), to: "\(folder.path)/settings.xml")
        let result = try await ChildProcess.run(
            [
                program ?? "mvn", "-B", "-s", "\(folder.path)/settings.xml", "\(plugin ?? ""):get",
                "-Dartifact=\(artifact)", "-DremoteRepositories=under-test::default::\(url)", "-Dtransitive=false",
            ], workingFolder: folder.path, deadline: .seconds(180))
        let said = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        guard result.status == 0 else { throw Fault(.internal, "mvn: \(said.suffix(3000))") }
        let parts = artifact.split(separator: ":").map(String.init)
        let name = "\(parts[1])-\(parts[2]).\(parts[3])"
        let path = "\(folder.path)/local/\(parts[0].replacing(".", with: "/"))/\(parts[1])/\(parts[2])/\(name)"
        return (try FileSystem.read(path, limit: 1 << 28), said)
    }
}
