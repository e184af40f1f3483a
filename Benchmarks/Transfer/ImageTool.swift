// SPDX-License-Identifier: Apache-2.0

import Basics

/// Where an image is.
enum ImagePlace {
    /// `host/name:tag`, over plain HTTP.
    case registry(String)
    /// An OCI layout in a folder.
    case layout(String, tag: String)
}

/// A program of others that copies images, and how it is told to.
struct ImageTool {
    /// The command as rows call it.
    let name: String
    private let words: (_ from: ImagePlace, _ to: ImagePlace) -> [String]

    /// The words of its command line, none of which holds a quote.
    func copy(from source: ImagePlace, to target: ImagePlace) -> [String] { words(source, target) }

    /// What is looked for.
    static let programs: [PeerPrograms.Name] = [.skopeo, .oras, .crane]

    /// Those that are there.
    static func all(of peers: PeerPrograms) -> [ImageTool] {
        [peers[.skopeo].map(skopeo), peers[.oras].map(oras), peers[.crane].map(crane)].compactMap(\.self)
    }

    private static func skopeo(_ program: String) -> ImageTool {
        func text(_ place: ImagePlace) -> String {
            switch place {
            case .registry(let name): "docker://\(name)"
            case .layout(let folder, let tag): "oci:\(folder):\(tag)"
            }
        }
        return ImageTool(name: "skopeo copy") { source, target in
            [program, "copy", "--quiet", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"]
                + [text(source), text(target)]
        }
    }

    private static func oras(_ program: String) -> ImageTool {
        func words(_ place: ImagePlace, _ side: String) -> [String] {
            switch place {
            case .registry(let name): ["--\(side)-plain-http", name]
            case .layout(let folder, let tag): ["--\(side)-oci-layout", "\(folder):\(tag)"]
            }
        }
        return ImageTool(name: "oras cp") { source, target in
            [program, "cp", "--no-tty"] + words(source, "from") + words(target, "to")
        }
    }

    /// Between two registries it copies; layouts it pulls and pushes.
    private static func crane(_ program: String) -> ImageTool {
        ImageTool(name: "crane") { source, target in
            switch (source, target) {
            case (.registry(let source), .layout(let folder, _)):
                [program, "pull", "--insecure", "--format", "oci", source, folder]
            case (.layout(let folder, _), .registry(let target)): [program, "push", "--insecure", folder, target]
            case (.registry(let source), .registry(let target)): [program, "copy", "--insecure", source, target]
            case (.layout(let source, _), .layout(let target, _)): ["/bin/cp", "-r", source, target]
            }
        }
    }
}
