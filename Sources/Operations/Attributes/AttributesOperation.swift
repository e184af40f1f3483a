// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Orchestration

extension Operation {
    /// Operations that hold values for others.
    public static let attributes: [Operation] = [
        Operation(
            OperationType(
                "attributes.transformation/v1alpha1",
                summary: "Holds values that several operations read, such as the path of a target.",
                properties: [
                    .required(
                        "attributes", .anySchema,
                        "any value; expressions read it as `ID.spec.attributes`, with the type of what is written")
                ], outputs: [],
                example: """
                    - type: attributes.transformation/v1alpha1
                      id: constants
                      attributes: {targetFilePath: ./target}
                    \(ExampleOperations.component)
                    - type: uploader.component.ctf/v1alpha1
                      filePath: ${constants.spec.attributes.targetFilePath}
                      data: ${read.outputs.data}
                    """)
        ) { _, _ in [:] }
    ]
}
