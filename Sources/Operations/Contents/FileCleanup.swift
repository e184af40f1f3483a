// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Orchestration

extension Operation {
    /// The operation that removes files, of which this program makes none.
    public static let fileCleanup = Operation(
        OperationType(
            "FileCleanup/v1alpha1",
            summary: """
                Accepts the contents that other operations are done with. Contents go from one place to the next \
                without a file, and temporary files vanish by themselves, so that there is nothing to remove.
                """,
            properties: [.required("files", .listSchema(of: [:]), "contents; null is passed over")],
            outputs: [.required("cleanedFiles", .listSchema(of: .fileSchema), "the contents that were named")],
            example: """
                - type: CTFGetLocalResource/v1alpha1
                  id: get
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/demo
                  version: 1.0.0
                  resourceIdentity: {name: chart}
                - type: FileCleanup/v1alpha1
                  id: cleanup
                  files: ["${get.output.file}"]
                """)
    ) { properties, context in
        let files = (properties["files"]?.array ?? []).filter { $0 != .null }
        for file in files { _ = try context.content(of: file) }
        return ["cleanedFiles": .array(files)]
    }
}
