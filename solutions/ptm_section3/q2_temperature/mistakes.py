"""The mistakes that students make: the thermometer's scale."""

from autograder import Mistake, Text, Trivial

LINEAR = frozenset({"linear_model"})
TRAINING = frozenset({"training_loop"})
SEQUENTIAL = frozenset({"sequential"})
PARAMETERS = frozenset({"parameters"})
NAMED = frozenset({"named_model"})

MISTAKES = [
    Mistake(
        name="input_not_scaled",
        explanation=Text(
            ko="입력에 0.1을 곱하지 않았습니다. 모델의 입력은 t_u가 아니라 0.1·t_u입니다.",
            en="The input is not scaled by 0.1: the model takes 0.1 t_u, not t_u.",
        ),
        loses=LINEAR | NAMED,
        edits=[
            ("0.1 * t_u.unsqueeze(1)", "t_u.unsqueeze(1)"),
            ("model(0.1 * t_range), model(0.1 * t_u)", "model(t_range), model(t_u)"),
        ],
    ),
    Mistake(
        name="validation_from_the_front",
        explanation=Text(
            ko="섞은 번호의 앞쪽을 검증용으로 썼습니다. 검증용은 마지막 n_val개입니다.",
            en="The first shuffled indices were used for validation; it is the last n_val of them.",
        ),
        loses=LINEAR,
        edits=[
            ("shuffled_indices[:-n_val]", "shuffled_indices[n_val:]"),
            ("shuffled_indices[-n_val:]", "shuffled_indices[:n_val]"),
        ],
    ),
    Mistake(
        name="forward_called",
        explanation=Text(
            ko="model.forward(x)를 불러 훅이 실행되지 않았습니다. model(x)로 부르세요.",
            en="model.forward(x) was called, which skips the hooks. Call model(x).",
        ),
        loses=LINEAR,
        edits=[("    return model(x)\n", "    return model.forward(x)\n")],
    ),
    Mistake(
        name="bias_missing",
        explanation=Text(ko="bias=False로 두어 편향이 없습니다.", en="The layers have no bias: bias=False."),
        loses=LINEAR | SEQUENTIAL | NAMED,
        edits=[
            ("nn.Linear(in_features, 1)", "nn.Linear(in_features, 1, bias=False)"),
            (
                "nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1)",
                "nn.Linear(1, hidden, False), nn.Tanh(), nn.Linear(hidden, 1, False)",
            ),
            ('("hidden_linear", nn.Linear(1, hidden))', '("hidden_linear", nn.Linear(1, hidden, False))'),
            ('("output_linear", nn.Linear(hidden, 1))', '("output_linear", nn.Linear(hidden, 1, False))'),
        ],
    ),
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="zero_grad()를 빠뜨려 기울기가 에포크마다 누적되었습니다.",
            en="zero_grad() is missing: the gradients of all earlier epochs add up.",
        ),
        loses=TRAINING | NAMED,
        edits=[("        optimizer.zero_grad()\n", "")],
    ),
    Mistake(
        name="validation_data_trained_on",
        explanation=Text(
            ko="검증 손실까지 역전파하여 검증 자료로도 학습했습니다.",
            en="The validation loss was propagated back too, so the model was trained on the validation samples.",
        ),
        loses=TRAINING | NAMED,
        edits=[("loss_train.backward()", "(loss_train + loss_val).backward()")],
    ),
    Mistake(
        name="step_before_backward",
        explanation=Text(
            ko="backward()보다 step()을 먼저 불렀습니다. zero_grad()로 지운 기울기로 갱신하므로 학습되지 않습니다.",
            en="step() comes before backward(): it finds the gradients just cleared by zero_grad(), so nothing is learnt.",
        ),
        loses=TRAINING | NAMED,
        edits=[
            (
                "        loss_train.backward()\n        optimizer.step()\n",
                "        optimizer.step()\n        loss_train.backward()\n",
            )
        ],
    ),
    Mistake(
        name="losses_swapped",
        explanation=Text(
            ko="훈련 손실과 검증 손실을 바꾸어 기록했습니다.",
            en="Training and validation losses were recorded the wrong way round.",
        ),
        loses=TRAINING | NAMED,
        edits=[
            ("training_losses.append(loss_train.item())", "training_losses.append(loss_val.item())"),
            ("validation_losses.append(loss_val.item())", "validation_losses.append(loss_train.item())"),
        ],
    ),
    Mistake(
        name="losses_after_the_update",
        explanation=Text(
            ko="갱신한 뒤의 손실을 기록했습니다. 갱신 직전의 손실을 기록합니다.",
            en="The losses were recorded after the update; they are those before it.",
        ),
        loses=TRAINING | NAMED,
        edits=[
            (
                "        training_losses.append(loss_train.item())\n"
                "        validation_losses.append(loss_val.item())\n",
                "",
            ),
            (
                "        optimizer.step()\n",
                "        optimizer.step()\n"
                "        training_losses.append(loss_fn(model(t_u_train), t_c_train).item())\n"
                "        validation_losses.append(loss_fn(model(t_u_val), t_c_val).item())\n",
            ),
        ],
    ),
    Mistake(
        name="loss_fn_ignored",
        explanation=Text(
            ko="인자로 받은 loss_fn 대신 항상 nn.MSELoss()를 썼습니다.",
            en="nn.MSELoss() is used whatever loss_fn is passed in.",
        ),
        loses=TRAINING,
        edits=[
            ("loss_fn(model(t_u_train), t_c_train)", "nn.MSELoss()(model(t_u_train), t_c_train)"),
            ("loss_fn(model(t_u_val), t_c_val)", "nn.MSELoss()(model(t_u_val), t_c_val)"),
        ],
    ),
    Mistake(
        name="tanh_missing",
        explanation=Text(
            ko="Tanh를 빠뜨렸습니다. 활성 함수가 없으면 다시 선형 모델입니다.",
            en="Tanh is missing; without an activation function this is a linear model again.",
        ),
        loses=SEQUENTIAL | NAMED,
        edits=[
            (
                "nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1)",
                "nn.Linear(1, hidden), nn.Linear(hidden, 1)",
            ),
            ('        ("hidden_activation", nn.Tanh()),\n', ""),
        ],
    ),
    Mistake(
        name="hidden_size_fixed",
        explanation=Text(
            ko="hidden을 무시하고 은닉층의 크기를 13으로 고정했습니다.",
            en="The hidden layer has 13 units whatever `hidden` says.",
        ),
        loses=SEQUENTIAL | NAMED,
        edits=[
            (
                "nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1)",
                "nn.Linear(1, 13), nn.Tanh(), nn.Linear(13, 1)",
            ),
            ('("hidden_linear", nn.Linear(1, hidden))', '("hidden_linear", nn.Linear(1, 13))'),
            ('("output_linear", nn.Linear(hidden, 1))', '("output_linear", nn.Linear(13, 1))'),
        ],
    ),
    Mistake(
        name="weights_only",
        explanation=Text(
            ko="가중치만 세고 편향을 빠뜨렸습니다. 편향도 파라미터입니다.",
            en="Only the weights are listed; the biases are parameters too.",
        ),
        loses=PARAMETERS,
        edits=[
            ("for param in model.parameters()]", "for param in model.parameters() if param.dim() > 1]"),
            (
                "for name, param in model.named_parameters()}",
                'for name, param in model.named_parameters() if "weight" in name}',
            ),
        ],
    ),
    Mistake(
        name="counts_instead_of_shapes",
        explanation=Text(
            ko="모양(shape) 대신 원소의 개수(numel)를 돌려주었습니다.",
            en="The numbers of elements (numel) were returned instead of the shapes.",
        ),
        loses=PARAMETERS,
        edits=[
            ("[param.shape for param", "[param.numel() for param"),
            ("{name: param.shape for", "{name: param.numel() for"),
        ],
    ),
    Mistake(
        name="names_without_their_module",
        explanation=Text(
            ko="파라미터 이름에서 모듈 이름을 떼어 같은 이름이 서로 덮어썼습니다. 0.weight처럼 전체 이름을 쓰세요.",
            en="The modules' names were cut off the parameters' names, so that equal ones overwrite each other. Keep the "
            "full name, such as 0.weight.",
        ),
        loses=PARAMETERS,
        edits=[("{name: param.shape for", '{name.split(".")[-1]: param.shape for')],
    ),
    Mistake(
        name="names_misspelt",
        explanation=Text(
            ko="문서의 오타 hidden_activtion, ouput_linear를 그대로 옮겼습니다. hidden_activation, output_linear입니다.",
            en="The document's misprints hidden_activtion and ouput_linear were copied; it is hidden_activation and "
            "output_linear.",
        ),
        loses=NAMED,
        edits=[
            ('("hidden_activation", nn.Tanh())', '("hidden_activtion", nn.Tanh())'),
            ('("output_linear", nn.Linear(hidden, 1))', '("ouput_linear", nn.Linear(hidden, 1))'),
        ],
    ),
    Mistake(
        name="weight_instead_of_its_gradient",
        explanation=Text(
            ko="은닉층의 기울기(grad) 대신 가중치를 돌려주었습니다.",
            en="The hidden layer's weight was returned instead of its gradient.",
        ),
        loses=NAMED,
        edits=[("model.hidden_linear.weight.grad", "model.hidden_linear.weight")],
    ),
]

TRIVIAL = [
    Trivial(
        "linear_model",
        "Close(ten)",
        answers=frozenset({"a constant", "random values"}),
        because="All ten rows are w + b, so that their mean is the answer.",
    ),
    Trivial(
        "linear_model",
        "Close(x_val)",
        answers=frozenset({"the input t_un_val"}),
        because="Later parts are given what the split comes to.",
    ),
]
