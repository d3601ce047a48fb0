// @ts-check
/** A few node types as GET /object_info tells of them. */

/** @type {any} */
export const INFO = {
  Number: {
    input: {required: {value: ["INT", {default: 0}]}}, output: ["INT"], output_name: ["value"],
    output_is_list: [false], display_name: "Number", category: "toys",
  },
  Double: {
    input: {required: {value: ["INT", {default: 0, min: -9, max: 9}]}}, output: ["INT"],
    output_name: ["twice"], output_is_list: [false], display_name: "Double", category: "toys",
  },
  Show: {
    input: {required: {value: ["*"]}}, output: [], output_name: [], output_node: true,
    display_name: "Show", category: "toys",
  },
  Sampler: {
    input: {
      required: {
        model: ["MODEL"],
        seed: ["INT", {default: 0, min: 0, max: 18446744073709551615n, control_after_generate: true}],
        steps: ["INT", {default: 20, min: 1}],
        method: [["euler", "heun"], {}],
      },
      optional: {mask: ["MASK", {tooltip: "Where."}]},
    },
    input_order: {required: ["model", "seed", "steps", "method"], optional: ["mask"]},
    output: ["LATENT"], output_name: ["latent"], output_is_list: [false], display_name: "Sampler",
  },
  Sum: {
    input: {
      required: {
        text: ["STRING", {multiline: true}],
        values: ["COMFY_AUTOGROW_V3", {
          template: {input: {required: {value: ["FLOAT,INT", {}]}}, names: ["a", "b", "c"], min: 1},
        }],
      },
    },
    output: ["FLOAT"], output_name: ["sum"], output_is_list: [false],
  },
  Pick: {
    input: {required: {
      image: [["a.png"], {image_upload: true, folder: "input"}],
      tint: ["INT", {default: 0, display: "color"}],
      size: ["FLOAT", {default: 1, min: 0.5, max: 2, step: 0.1, display: "slider"}],
      strict: ["BOOLEAN", {label_on: "yes", label_off: "no"}],
      forced: ["INT", {forceInput: true}],
    }},
    output: ["IMAGE", "COMFY_MATCHTYPE_V3"], output_name: ["image", "any"],
    output_is_list: [true, false], python_module: "custom_nodes.pack", deprecated: true,
  },
}
