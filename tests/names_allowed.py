"""Where names of functions, operations, optimisers and losses may stand outside of their tables, and why."""

REASONS = {
    "GRAMMAR": "the grammar is below the rules: how these are typed, by signs, commands and in other languages",
    "PRIMITIVE": "what has no formula in its row has its meaning in each number system here, and its instruction",
    "ALGEBRA": "products, transposes, sums and equal entries have laws of their own, which are used here",
    "OWN": "a rewrite, a law or a slip that is about this one function",
    "SIGN": "written on paper by a sign of its own and not by a name; rules know no typography",
    "TYPED": "what somebody types for it, or what is taken where nothing is typed",
    "KEY": "no row is meant: a key of data, a column of a table, the group of a pattern, a kind of quantity, a way to reduce samples",
}

ALLOWED = {  # file: why, and the names
    "numbers/slices.py": ("OWN", "max min"),
    "contracts/python_formula.py": (
        "TYPED",
        "causal_mask column_sums embed entry fill flatten if_positive join_heads log_softmax matmul max min "
        "one_hot part pick_each place_each relu rows scatter sigmoid softmax split_heads sqrt transpose unflatten",
    ),
    "contracts/python_windows.py": (
        "TYPED",
        "average_pool convolve correlate kernel_gradient kernel_gradient_wide max max_pool route route_first share spread "
        "spread_wide transposed_convolution",
    ),
    "contracts/python_rows.py": (
        "TYPED",
        "abs arccos arcosh arcsin arctan arsinh artanh batch batch_sums channel_sums column_sums columns concat "
        "cos cosh erf exp fill flatten log log_softmax log_softmax_columns log_softmax_rows logsumexp "
        "logsumexp_columns logsumexp_rows masked_softmax max mean outer relu route row_sums rows sample_sums sign sin sinh "
        "softmax softmax_columns softmax_rows sqrt sum tan tanh",
    ),
    "contracts/python_statements.py": (
        "TYPED",
        "max route softmax sum transpose",
    ),
    "program/array_calls.py": (
        "TYPED",
        "exp flip masked_softmax softmax",
    ),
    "code/array_methods.py": (
        "TYPED",
        "scatter abs cos exp fill flatten flip log log_softmax logsumexp matmul max mean min outer relu sigmoid sign sin "
        "softmax sqrt sum tanh transpose",
    ),
    "code/code_worlds.py": (
        "KEY",
        "columns rows",
    ),
    "code/forward_shapes.py": (
        "KEY",
        "columns rows",
    ),
    "code/search_ranks.py": (
        "KEY",
        "columns mean rows sum",
    ),
    "code/usual_losses.py": (
        "TYPED",
        "columns matmul mean outer rows sum transpose",
    ),
    "code/forward_graph.py": (
        "ALGEBRA",
        "sum",
    ),
    "code/guess_shapes.py": (
        "TYPED",
        "cross_entropy one_hot",
    ),
    "code/guessing.py": (
        "KEY",
        "columns momentum rows",
    ),
    "code/other_readings.py": (
        "KEY",
        "rows",
    ),
    "code/kink_sides.py": (
        "TYPED",
        "abs leaky_relu max min relu",
    ),
    "code/lane_arrays.py": (
        "TYPED",
        "max mean min sum transpose",
    ),
    "code/library_calls.py": (
        "TYPED",
        "scatter abs binary_cross_entropy cos cosh cross_entropy erf exp flip heaviside identity log log_softmax logsumexp "
        "matmul max mean min one_hot outer relu sigmoid sign sin sinh softmax sqrt sum tan tanh transpose",
    ),
    "code/numeric_warnings.py": (
        "TYPED",
        "abs exp flatten log log_softmax logsumexp max mean min relu sigmoid softmax sqrt sum transpose",
    ),
    "code/size_bounds.py": (
        "TYPED",
        "erf identity matmul max mean min sum transpose",
    ),
    "code/judged_steps.py": ("KEY", "sign"),
    "code/usual_penalties.py": ("TYPED", "sign"),
    "code/missing_parts.py": (
        "TYPED",
        "sign",
    ),
    "code/parts_of_formulas.py": (
        "TYPED",
        "matmul outer transpose",
    ),
    "code/sized_guesses.py": (
        "TYPED",
        "flip max mean min sum transpose",
    ),
    "code/slips_of_lines.py": (
        "TYPED",
        "max mean min sign softmax sum",
    ),
    "code/line_edits.py": (
        "TYPED",
        "mean sign sum",
    ),
    "code/merged_slopes.py": ("SIGN", "sigmoid softmax"),
    "code/repairable_lines.py": (
        "TYPED",
        "transpose",
    ),
    "code/slips_of_places.py": (
        "TYPED",
        "transpose",
    ),
    "code/usual_helpers.py": (
        "TYPED",
        "cross_entropy",
    ),
    "code/work_calls.py": (
        "TYPED",
        "abs log_softmax matmul max min relu sigmoid softmax sum tanh transpose",
    ),
    "code/library_names.py": (
        "TYPED",
        "abs max min sum",
    ),
    "contracts/code_json.py": (
        "KEY",
        "columns rows",
    ),
    "program/side_effects.py": (
        "TYPED",
        "fill",
    ),
    "program/call_reader.py": (
        "TYPED",
        "abs flatten max min sum",
    ),
    "program/expression_reader.py": (
        "TYPED",
        "abs exp max min sum transpose",
    ),
    "program/filled_arrays.py": (
        "TYPED",
        "concat fill",
    ),
    "program/indexing.py": (
        "TYPED",
        "concat embed matmul pick_each sum transpose",
    ),
    "program/known_arrays.py": (
        "TYPED",
        "abs causal_mask cos exp fill flatten log matmul sin sqrt transpose",
    ),
    "program/library_rows.py": (
        "TYPED",
        "abs arccos arcsin arctan arsinh average_pool average_pool_1d average_pool_3d binary_cross_entropy concat correlate cos "
        "cosh cross_entropy elu erf exp flatten gelu hard_sigmoid hard_tanh if_positive leaky_relu log log_sigmoid "
        "log_softmax logit logsumexp matmul max max_pool max_pool_1d max_pool_3d mean min mish outer pick_each relu relu6 selu "
        "sigmoid sign silu sin sinh softmax softplus softsign sqrt sum tan tanh transpose unflatten",
    ),
    "program/made_arrays.py": (
        "TYPED",
        "identity one_hot",
    ),
    "program/onnx_operators.py": (
        "TYPED",
        "abs arccos arcsin arctan cos cosh cross_entropy erf exp log log_softmax max mean min mish relu sigmoid sign sin sinh softmax "
        "softplus softsign sqrt tan tanh",
    ),
    "program/operand_reader.py": (
        "TYPED",
        "causal_mask fill if_positive matmul",
    ),
    "program/read_program.py": (
        "TYPED",
        "sum",
    ),
    "program/recorder.py": (
        "TYPED",
        "entry flatten unflatten",
    ),
    "program/statement_reader.py": (
        "TYPED",
        "part",
    ),
    "program/torch_layers.py": (
        "TYPED",
        "binary_cross_entropy cross_entropy elu flatten gelu identity leaky_relu log_softmax mish relu relu6 selu "
        "sigmoid silu softmax softplus softsign tanh",
    ),
    "web/lesson_page.py": ("KEY", "columns rows"),
    "web/forms.py": ("KEY", "columns rows"),
    "expression/elsewhere.py": (
        "GRAMMAR",
        "average_pool batch batch_sums column_sums columns concat convolve correlate embed entry fill flatten log_softmax "
        "log_softmax_columns log_softmax_rows logsumexp logsumexp_columns logsumexp_rows masked_softmax matmul max_pool mean one_hot "
        "causal_mask join_heads outer part pick_each positional_encoding row_sums rows softmax softmax_columns softmax_rows "
        "split_heads sum transpose transposed_convolution unflatten",
    ),
    "marking/page_repairs.py": ("ALGEBRA", "sqrt"),
    "expression/grammar.py": ("GRAMMAR", "abs exp if_positive sqrt transpose"),
    "expression/index_signs.py": ("GRAMMAR", "convolve correlate"),
    "expression/program_signs.py": ("GRAMMAR", "embed flatten matmul pick_each transpose unflatten"),
    "graph/written_functions.py": (
        "OWN",
        "columns exp fill flatten if_positive log max rows sigmoid softmax unflatten",
    ),
    "graph/axis_forms.py": ("ALGEBRA", "columns fill log_softmax logsumexp max mean min rows softmax sqrt sum transpose"),
    "graph/broadcasting.py": ("ALGEBRA", "batch columns entry fill keep_column keep_row matmul rows"),
    "graph/python_slices.py": ("ALGEBRA", "entry fill part"),
    "graph/bracketed.py": ("ALGEBRA", "entry"),
    "numbers/shared_exponentials.py": ("OWN", "exp"),
    "graph/shape_forms.py": ("ALGEBRA", "concat entry fill flatten part sum transpose unflatten"),
    "expression/lexicon.py": (
        "GRAMMAR",
        "abs arccos arcosh arcsin arctan arsinh artanh average_pool average_pool_1d average_pool_3d binary_cross_entropy concat "
        "correlate cot "
        "cross_entropy csc embed flatten gaussian_nll "
        "hard_sigmoid hard_tanh heaviside kl_divergence kl_gaussians kl_standard_normal log log_cosh log_poisson_nll "
        "log_sigmoid log_softmax logsumexp lse matmul max max_pool max_pool_1d max_pool_3d min multi_hinge poisson_nll "
        "quantile relu6 sigmoid sign silu smooth_l1 "
        "smooth_label softplus tan transposed_convolution unflatten zero_one",
    ),
    "expression/lexing.py": ("GRAMMAR", "if_positive sqrt"),
    "expression/parse.py": ("GRAMMAR", "log_softmax matmul softmax"),
    "expression/plain.py": ("GRAMMAR", "entry matmul outer transpose"),
    "expression/read_number.py": ("GRAMMAR", "sign"),
    "expression/signs.py": ("GRAMMAR", "matmul outer sqrt"),
    "expression/spelling.py": (
        "GRAMMAR",
        "arccos arcsin arctan cos cosh cot coth csc entry exp log max min sec sin sinh tan tanh",
    ),
    "expression/sympy_bridge.py": (
        "GRAMMAR",
        "abs arcsin arctan arsinh artanh cos erf exp if_positive log max min sign sin sqrt",
    ),
    "expression/tokens.py": (
        "GRAMMAR",
        "arccos arcosh arcsin arctan arsinh artanh cos cosh exp if_positive log logit sigmoid sin sinh tan tanh",
    ),
    "expression/walk.py": ("GRAMMAR", "if_positive max max_share min min_share transpose"),
    "numbers/arithmetic.py": (
        "PRIMITIVE",
        "abs arccos arcosh arcsin artanh cos cosh exp if_positive log max min sign sin sinh sqrt tan",
    ),
    "numbers/array_algebra.py": ("PRIMITIVE", "exp"),
    "numbers/form_reader.py": ("PRIMITIVE", "exp if_positive log"),
    "graph/expand_layers.py": ("ALGEBRA", "mean sqrt transpose"),
    "derive/rewrites/normalised.py": ("OWN", "concat fill matmul mean part sigmoid sqrt sum tanh"),
    "numbers/sympy_loss.py": ("PRIMITIVE", "exp if_positive"),
    "numbers/emit.py": ("PRIMITIVE", "if_positive"),
    "numbers/functions.py": (
        "PRIMITIVE",
        "abs arcsin arctan arsinh artanh cos cosh erf exp if_positive log max min sigmoid sign sin sinh softplus sqrt tan "
        "tanh",
    ),
    "numbers/intervals.py": ("PRIMITIVE", "cosh erf sinh tanh"),
    "numbers/kinks.py": ("PRIMITIVE", "abs if_positive max min relu"),
    "numbers/lowering.py": ("PRIMITIVE", "if_positive log lse max min softmax sqrt sum"),
    "numbers/plain_arrays.py": ("PRIMITIVE", "max min"),
    "numbers/program.py": ("PRIMITIVE", "abs exp sign"),
    "numbers/run.py": ("PRIMITIVE", "if_positive"),
    "numbers/trees.py": ("PRIMITIVE", "exp"),
    "derive/joined_parts.py": ("ALGEBRA", "concat"),
    "derive/layer_products.py": ("ALGEBRA", "batch columns fill matmul outer part rows sqrt sum transpose"),
    "derive/layerwise.py": ("ALGEBRA", "sum"),
    "explain/end_reasons.py": ("ALGEBRA", "matmul mean sum"),
    "explain/axis_chains.py": ("ALGEBRA", "batch columns max rows sum"),
    "explain/formula_kinds.py": ("OWN", "columns log log_softmax matmul mean rows sqrt sum"),
    "explain/layer_formulas.py": ("ALGEBRA", "matmul outer transpose"),
    "explain/layer_page.py": ("ALGEBRA", "matmul"),
    "explain/printed_forms.py": ("OWN", "sqrt"),
    "explain/worked_entry.py": ("ALGEBRA", "exp if_positive log lse max_share min_share"),
    "graph/entries.py": ("ALGEBRA", "columns part row_sums rows"),
    "graph/index_form.py": ("ALGEBRA", "exp log lse max max_share"),
    "graph/index_forms.py": ("ALGEBRA", "columns entry fill matmul one_hot rows transpose"),
    "graph/layer_rules.py": ("ALGEBRA", "batch columns entry fill matmul mean part rows sum"),
    "graph/layered.py": ("ALGEBRA", "entry fill matmul sum transpose"),
    "graph/named_forms.py": (
        "ALGEBRA",
        "average_pool convolve correlate fill flip kernel_gradient kernel_gradient_flipped kernel_gradient_wide max_pool one_hot "
        "route route_first share spread spread_flipped spread_wide",
    ),
    "graph/einsum_forms.py": ("ALGEBRA", "matmul sum"),
    "graph/window_forms.py": ("ALGEBRA", "embed embed_batch pick_each transposed_convolution"),
    "graph/array_products.py": ("ALGEBRA", "fill matmul outer transpose"),
    "graph/shapes.py": ("ALGEBRA", "convolve correlate entry matmul outer softmax transpose"),
    "marking/array_bends.py": ("ALGEBRA", "column_sums if_positive matmul mean outer row_sums transpose"),
    "marking/array_world.py": ("ALGEBRA", "mean"),
    "marking/program_names.py": ("ALGEBRA", "matmul transpose"),
    "marking/array_diagnose.py": ("ALGEBRA", "matmul outer transpose"),
    "marking/network_bends.py": (
        "ALGEBRA",
        "convolve correlate exp fill matmul mean spread spread_flipped sum",
    ),
    "marking/judge_arrays.py": ("ALGEBRA", "fill transpose"),
    "derive/local.py": ("OWN", "identity if_positive max min softmax sum"),
    "derive/rewrites/collapse.py": ("OWN", "identity"),
    "derive/rewrites/layer_terms.py": ("OWN", "column_sums entry log matmul mean one_hot outer row_sums sum"),
    "derive/rewrites/layered.py": (
        "OWN",
        "column_sums exp identity log matmul mean one_hot outer row_sums sigmoid sum",
    ),
    "derive/rewrites/gaussians.py": ("OWN", "exp log sqrt"),
    "derive/rewrites/margins.py": ("OWN", "column_sums entry if_positive matmul max multi_hinge pick_each relu row_sums sum"),
    "derive/rewrites/monomials.py": ("OWN", "exp log sqrt"),
    "derive/rewrites/entrywise.py": ("OWN", "exp log log_sigmoid sigmoid softplus"),
    "derive/rewrites/named.py": ("OWN", "log_sigmoid sigmoid softmax softplus"),
    "derive/rewrites/terms.py": ("OWN", "exp log log_sigmoid log_softmax lse sigmoid softmax softplus"),
    "derive/slope.py": ("OWN", "if_positive log"),
    "derive/tidy.py": ("OWN", "sqrt"),
    "explain/page_writer.py": ("OWN", "if_positive"),
    "marking/bends.py": ("OWN", "outer sum"),
    "marking/bends_forward.py": ("OWN", "exp sum"),
    "marking/bends_updates.py": ("OWN", "sqrt"),
    "results/curves.py": ("OWN", "mean"),
    "results/relu_fit.py": ("OWN", "relu"),
    "explain/network_table.py": ("SIGN", "identity"),
    "render/latex/rows.py": ("SIGN", "abs if_positive sqrt"),
    "render/roots.py": ("SIGN", "sqrt"),
    "render/layer_maths.py": ("SIGN", "batch column_sums columns fill flip matmul outer row_sums rows sign sum transpose"),
    "render/array_seams.py": ("SIGN", "matmul outer transpose"),
    "render/factor_words.py": ("SIGN", "fill matmul outer transpose"),
    "render/maths.py": ("SIGN", "abs cos exp if_positive log max min sin sqrt tan tanh"),
    "render/terminal/columns.py": ("SIGN", "sqrt sum"),
    "answer/read/array_vocabulary.py": ("TYPED", "batch_sums column_sums columns flatten row_sums rows sum unflatten"),
    "answer/read/vocabulary.py": ("TYPED", "leaky_relu"),
    "notation/symbol.py": ("TYPED", "min"),
    "exercise/load.py": ("TYPED", "columns identity mean rows"),
    "graph/network.py": ("TYPED", "half+squared+error sum"),
    "answer/read/typed_arrays.py": ("KEY", "part sign"),
    "exercise/conventions.py": ("KEY", "max"),
    "answer/read/named_entries.py": ("KEY", "part sign"),
    "answer/read/number_forms.py": ("KEY", "part sign"),
    "answer/read/pasted.py": ("KEY", "sign"),
    "answer/read/working_lines.py": ("KEY", "sign"),
    "contracts/marking_json.py": ("KEY", "mean"),
    "contracts/run_csv.py": ("KEY", "batch"),
    "contracts/worked_json.py": ("KEY", "batch rows"),
    "exercise/catalogue.py": ("KEY", "columns rows"),
    "exercise/read_training.py": ("KEY", "batch columns mean rows"),
    "explain/recursion_section.py": ("SIGN", "abs transpose"),
    "exercise/read_repeats.py": ("KEY", "columns"),
    "graph/repetition.py": ("KEY", "mean sign"),
    "explain/class_page.py": ("KEY", "mean"),
    "explain/simplified_section.py": ("KEY", "sum"),
    "graph/nouns.py": ("KEY", "sum"),
    "notation/own_notation.py": ("KEY", "sum"),
    "notation/profile.py": ("KEY", "sum"),
    "numbers/data_set.py": ("KEY", "mean sum"),
    "numbers/train.py": ("KEY", "mean"),
    "numbers/train_arrays.py": ("KEY", "mean"),
    "numbers/train_fast.py": ("KEY", "mean"),
    "render/charts/bars_svg.py": ("KEY", "fill"),
    "render/charts/chart_files.py": ("KEY", "log"),
    "render/picture/svg.py": ("KEY", "fill"),
    "render/verbatim.py": ("KEY", "rows"),
}
